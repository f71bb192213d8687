import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { everyPage, unwrap } from "../api/http";
import type { MemberView, OrganizationView } from "../api/types";
import { meQuery, useBackend } from "../app/backend";
import { PersonPage } from "../app/PersonPage";
import { activeSupportQuery } from "../app/SupportBanner";
import { Waiting } from "../app/Waiting";
import { Button } from "../design/Button";
import { Confirm } from "../design/Confirm";
import { Field, Form, SelectField } from "../design/Form";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import styles from "./support.module.css";

const text = strings.support;

/** For administrators of the platform: whom to support, and why. To everybody else it says that there is nothing here. */
export function StartSupportPage() {
  const [sought, setSought] = useState<string>();
  const [chosen, setChosen] = useState<OrganizationView>();
  return (
    <PersonPage title={text.title}>
      <Panel title={text.find}>
        <Form
          action={text.search}
          onSend={async (filled) => {
            setChosen(undefined);
            setSought(filled.text("query"));
          }}
        >
          <Field label={text.query} name="query" autoComplete="off" spellCheck={false} required />
        </Form>
        {sought !== undefined && <Organizations query={sought} onChoose={setChosen} />}
      </Panel>
      {chosen !== undefined && <Members key={chosen.id} organization={chosen} />}
    </PersonPage>
  );
}

interface OrganizationsProps {
  readonly query: string;
  readonly onChoose: (organization: OrganizationView) => void;
}

/** The first that are found: whoever does not find theirs among them asks more exactly. */
const SHOWN = 20;

function Organizations({ query, onChoose }: OrganizationsProps) {
  const { person } = useBackend();
  const found = useQuery({
    queryKey: ["platform", "organizations", query],
    queryFn: async ({ signal }) => {
      const params = { query: { query, limit: SHOWN } };
      return unwrap(await person.GET("/v1/platform/organizations", { params, signal })).items;
    },
    staleTime: 0,
  });
  if (found.isPending) return <Waiting />;
  if (found.isError) return <Notice tone="watch">{explain(found.error)}</Notice>;
  const present = found.data.filter(({ restorable_until }) => restorable_until == null);
  return (
    <>
      <p role="status">{text.found(present.length)}</p>
      <ul>
        {present.map((organization) => (
          <li key={organization.id} className={styles.line}>
            <div>
              <p>{organization.name}</p>
              <p className={styles.quiet}>{organization.slug}</p>
            </div>
            <Button onClick={() => onChoose(organization)}>
              {text.members}
              <span className="visually-hidden"> {organization.name}</span>
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Members({ organization }: { organization: OrganizationView }) {
  const { person } = useBackend();
  const members = useQuery({
    queryKey: ["platform", "members", organization.id],
    queryFn: ({ signal }) =>
      everyPage(async (cursor) => {
        const query = cursor === undefined ? {} : { cursor };
        const params = { path: { org_id: organization.id }, query };
        return unwrap(await person.GET("/v1/platform/organizations/{org_id}/members", { params, signal }));
      }),
    staleTime: 0,
  });
  return (
    <Panel title={organization.name}>
      {members.isPending && <Waiting />}
      {members.isError && <Notice tone="watch">{explain(members.error)}</Notice>}
      <ul>
        {members.data?.map((member) => (
          <Member key={member.user_id} member={member} organization={organization} />
        ))}
      </ul>
    </Panel>
  );
}

/** For how many minutes support may last: an hour at most. */
const MINUTES = [15, 30, 60] as const;
const DEFAULT_MINUTES = 30;

function Member({ member, organization }: { member: MemberView; organization: OrganizationView }) {
  const backend = useBackend();
  const navigate = useNavigate();
  const { name, role, user_id } = member;
  return (
    <li className={styles.line}>
      <div>
        <p>{name}</p>
        <p className={styles.quiet}>{strings.role[role]}</p>
      </div>
      <Confirm
        label={text.start}
        of={name}
        title={text.startTitle(name)}
        tone="primary"
        onConfirm={async (filled) => {
          const body = {
            org_id: organization.id,
            user_id,
            reason: filled.text("reason"),
            minutes: Number(filled.text("minutes")),
          };
          const params = { header: { "Idempotency-Key": filled.key } };
          unwrap(await backend.person.POST("/v1/platform/support-sessions", { params, body }));
          await Promise.all([
            backend.queries.invalidateQueries(activeSupportQuery(backend)),
            backend.queries.invalidateQueries(meQuery(backend)),
          ]);
          await navigate({ to: "/orgs/$orgId", params: { orgId: organization.id } });
        }}
      >
        <p>{text.startText}</p>
        <Field label={text.why} hint={text.whyHint} name="reason" maxLength={500} autoComplete="off" required />
        <SelectField
          label={text.howLong}
          name="minutes"
          defaultValue={DEFAULT_MINUTES}
          options={MINUTES.map((minutes) => [String(minutes), text.minutes(minutes)] as const)}
        />
      </Confirm>
    </li>
  );
}
