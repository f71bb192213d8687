import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { check, unwrap } from "../api/http";
import type { AccessKeyStatus, AccessKeyView, MembershipView, Right, SiteView } from "../api/types";
import { overviewQuery, useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { Badge, type Tone } from "../design/Badge";
import { Button } from "../design/Button";
import { Confirm } from "../design/Confirm";
import { CopyButton } from "../design/CopyButton";
import { Choices, Field, Form, SelectField, type FieldErrors, type Filled } from "../design/Form";
import { formatDateTime } from "../design/format";
import type { IconName } from "../design/Icon";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { serverNow } from "../live/time";
import { checkSites, chosenSites, describeSites, SitesField } from "../people/SitesField";
import { accessKeysQuery } from "./queries";
import { SettingsPage } from "./SettingsPage";
import styles from "./settings.module.css";

const text = strings.accessKeys;

/** A secret that was just drawn, and the name of its key. */
interface Drawn {
  readonly name: string;
  readonly secret: string;
}

/** Credentials for machines: what sends readings, and what reads without a person. */
export function AccessKeysPage() {
  return <SettingsPage section="keys">{(membership) => <AccessKeys membership={membership} />}</SettingsPage>;
}

function AccessKeys({ membership }: { membership: MembershipView }) {
  const session = useSession();
  const { queries, orgId } = session;
  const keys = useQuery(accessKeysQuery(session));
  const sites = useQuery(overviewQuery(session)).data?.sites ?? [];
  // Shown once: it is nowhere but on this page, until it is left.
  const [drawn, setDrawn] = useState<Drawn>();
  const changed = () => queries.invalidateQueries({ queryKey: [orgId, "access-keys"] });
  const onDrawn = async (next: Drawn): Promise<void> => {
    setDrawn(next);
    await changed();
  };
  return (
    <>
      {drawn !== undefined && <Secret drawn={drawn} onKept={() => setDrawn(undefined)} />}
      <Panel title={text.title}>
        {keys.isPending && <Waiting />}
        {keys.isError && (
          <Notice tone="watch">
            <p>{explain(keys.error)}</p>
            <Button onClick={() => void keys.refetch()}>{strings.retry}</Button>
          </Notice>
        )}
        {keys.data?.length === 0 && <p>{text.none}</p>}
        <ul className={styles.list}>
          {keys.data?.toSorted(activeFirst).map((key) => (
            <AccessKey key={key.id} accessKey={key} sites={sites} onDrawn={onDrawn} onChange={changed} />
          ))}
        </ul>
      </Panel>
      <NewKey membership={membership} sites={sites} onDrawn={onDrawn} />
    </>
  );
}

function activeFirst(a: AccessKeyView, b: AccessKeyView): number {
  return Number(b.status === "active") - Number(a.status === "active");
}

function Secret({ drawn, onKept }: { drawn: Drawn; onKept: () => void }) {
  return (
    <Panel title={text.secretOf(drawn.name)}>
      <Notice tone="watch">{text.once}</Notice>
      <p>
        <code className={styles.secret}>{drawn.secret}</code>
      </p>
      <div className={styles.actions}>
        <CopyButton text={drawn.secret} label={text.copy} />
        <Button tone="primary" onClick={onKept}>
          {text.kept}
        </Button>
      </div>
    </Panel>
  );
}

const OF_STATUS: Record<AccessKeyStatus, [Tone, IconName]> = {
  active: ["ok", "check"],
  expired: ["neutral", "clock"],
  revoked: ["neutral", "offline"],
};

/** For how many hours the secret before may hold. */
const OVERLAPS = [0, 1, 24, 168] as const;
const DEFAULT_OVERLAP = 24;

interface AccessKeyProps {
  readonly accessKey: AccessKeyView;
  readonly sites: readonly SiteView[];
  readonly onDrawn: (drawn: Drawn) => Promise<void>;
  readonly onChange: () => Promise<void>;
}

function AccessKey({ accessKey, sites, onDrawn, onChange }: AccessKeyProps) {
  const { http, orgId } = useSession();
  const { id, name, status } = accessKey;
  const path = { org_id: orgId, key_id: id };
  const [tone, icon] = OF_STATUS[status];
  const rights = new Intl.ListFormat(strings.locale).format(accessKey.rights.map((right) => strings.right[right]));
  return (
    <li className={styles.line}>
      <div>
        <p>
          <strong>{name}</strong> <code>{accessKey.prefix}…</code>
        </p>
        <p>
          {rights} · {describeSites(accessKey.sites, sites)}
        </p>
        <p className={styles.quiet}>{timesOf(accessKey).join(" · ")}</p>
      </div>
      <Badge tone={tone} icon={icon}>
        {text.status[status]}
      </Badge>
      {status === "active" && (
        <div className={styles.actions}>
          <Confirm
            label={text.rotate}
            of={name}
            title={text.rotateTitle(name)}
            tone="primary"
            onConfirm={async (filled) => {
              const params = { path, header: { "Idempotency-Key": filled.key } };
              const body = { overlap_hours: Number(filled.text("overlap_hours")) };
              const sent = { params, body };
              const { secret } = unwrap(await http.POST("/v1/orgs/{org_id}/access-keys/{key_id}/rotation", sent));
              await onDrawn({ name, secret });
            }}
          >
            <p>{text.rotateText}</p>
            <SelectField
              label={text.overlap}
              name="overlap_hours"
              defaultValue={DEFAULT_OVERLAP}
              options={OVERLAPS.map((hours) => [String(hours), text.overlapOf(hours)] as const)}
            />
          </Confirm>
          <Confirm
            label={text.revoke}
            of={name}
            title={text.revokeTitle(name)}
            onConfirm={async () => {
              check(await http.DELETE("/v1/orgs/{org_id}/access-keys/{key_id}", { params: { path } }));
              await onChange();
            }}
          >
            <p>{text.revokeText}</p>
          </Confirm>
        </div>
      )}
    </li>
  );
}

/** What there is to say of a key about time. */
function timesOf({ status, created_at, last_used_at, previous_until, expires_at, revoked_at }: AccessKeyView): string[] {
  const times = [
    text.createdAt(formatDateTime(created_at)),
    last_used_at == null ? text.neverUsed : text.lastUsed(formatDateTime(last_used_at)),
  ];
  if (revoked_at != null) return [...times, text.revokedAt(formatDateTime(revoked_at))];
  if (previous_until != null && status === "active" && Date.parse(previous_until) > serverNow()) {
    times.push(text.previousUntil(formatDateTime(previous_until)));
  }
  if (expires_at != null) {
    const at = formatDateTime(expires_at);
    times.push(status === "expired" ? text.expiredAt(at) : text.expiresAt(at));
  }
  return times;
}

/** Rights that stay with people. */
const FOR_PEOPLE: ReadonlySet<Right> = new Set([
  "manage_organization",
  "manage_members",
  "manage_access_keys",
  "manage_networks",
]);

/** After how many days a key may end by itself. */
const LIVES = [30, 90, 365] as const;
const DAY_MS = 86_400_000;

interface NewKeyProps {
  readonly membership: MembershipView;
  readonly sites: readonly SiteView[];
  readonly onDrawn: (drawn: Drawn) => Promise<void>;
}

function NewKey({ membership, sites, onDrawn }: NewKeyProps) {
  const { http, orgId } = useSession();
  // The next key begins with an empty form.
  const [count, setCount] = useState(0);
  const mayGive: readonly Right[] = ["ingest", ...membership.rights.filter((right) => !FOR_PEOPLE.has(right))];
  return (
    <Panel title={text.new}>
      <p>{text.newIntro}</p>
      <Form
        key={count}
        action={text.create}
        check={checkKey}
        onSend={async (filled) => {
          const days = Number(filled.text("days"));
          const body = {
            name: filled.text("name"),
            rights: chosenRights(filled, mayGive),
            sites: chosenSites(filled),
            ...(days === 0 ? {} : { expires_at: new Date(serverNow() + days * DAY_MS).toISOString() }),
          };
          const params = { path: { org_id: orgId }, header: { "Idempotency-Key": filled.key } };
          const { key, secret } = unwrap(await http.POST("/v1/orgs/{org_id}/access-keys", { params, body }));
          setCount(count + 1);
          await onDrawn({ name: key.name, secret });
        }}
      >
        <Field label={text.name} hint={text.nameHint} name="name" maxLength={256} autoComplete="off" required />
        <Choices
          legend={text.rights}
          name="rights"
          type="checkbox"
          options={mayGive.map((right) => [right, strings.right[right]] as const)}
        />
        <SitesField legend={text.sites} sites={sites} mayBeAll={membership.sites === "all"} chosen="all" />
        <SelectField
          label={text.ends}
          name="days"
          options={[["0", text.never], ...LIVES.map((days) => [String(days), text.afterDays(days)] as const)]}
        />
      </Form>
    </Panel>
  );
}

function chosenRights(filled: Filled, mayGive: readonly Right[]): Right[] {
  const chosen = new Set(filled.all("rights"));
  return mayGive.filter((right) => chosen.has(right));
}

/** A key allows something, somewhere; and readings belong to whatever unit their sensor is in, on whichever site. */
function checkKey(filled: Filled): FieldErrors {
  const rights = filled.all("rights");
  if (rights.length === 0) return { ...checkSites(filled), rights: text.noRights };
  if (rights.includes("ingest") && chosenSites(filled) !== "all") return { rights: text.ingestEverywhere };
  return checkSites(filled);
}
