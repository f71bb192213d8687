import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { check, unwrap } from "../api/http";
import type { MembershipView, MemberView, SiteView } from "../api/types";
import { meQuery, useBackend } from "../app/backend";
import { overviewQuery, useMe, useMembership, useOwnMembership, useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { Button } from "../design/Button";
import { Confirm } from "../design/Confirm";
import { SelectField } from "../design/Form";
import { formatDateTime } from "../design/format";
import { Notice } from "../design/Notice";
import { Panel, useHeading } from "../design/Panel";
import { strings } from "../i18n/strings";
import { Invitations } from "./Invitations";
import styles from "./people.module.css";
import { membersQuery } from "./queries";
import { checkSites, chosenSites, describeSites, SitesField } from "./SitesField";

const text = strings.people;

/** Who belongs to the organization, and who is asked to. */
export function PeoplePage() {
  const session = useSession();
  const membership = useMembership();
  const own = useOwnMembership();
  const sites = useQuery(overviewQuery(session)).data?.sites ?? [];
  const members = useQuery(membersQuery(session));
  const [done, setDone] = useState<string>();
  const heading = useHeading(text.title);
  const mayManage = membership?.rights.includes("manage_members") ?? false;
  return (
    <div className={styles.page}>
      <h2 ref={heading} tabIndex={-1}>
        {text.title}
      </h2>
      {done !== undefined && <Notice tone="ok">{done}</Notice>}
      {members.isError && (
        <Notice tone="watch">
          <p>{text.failed}</p>
          <Button onClick={() => void members.refetch()}>{strings.retry}</Button>
        </Notice>
      )}
      {members.isPending && <Waiting />}
      {members.data !== undefined && (
        <Panel title={text.count(members.data.length)}>
          <ul className={styles.list}>
            {members.data.map((member) => (
              <Member key={member.user_id} member={member} sites={sites} membership={membership} onDone={setDone} />
            ))}
          </ul>
        </Panel>
      )}
      {mayManage && membership !== undefined && <Invitations membership={membership} sites={sites} />}
      {own !== undefined && own.role !== "owner" && <Leave membership={own} />}
    </div>
  );
}

interface MemberProps {
  readonly member: MemberView;
  readonly sites: readonly SiteView[];
  /** What the person who looks is here. */
  readonly membership: MembershipView | undefined;
  readonly onDone: (what: string) => void;
}

function Member({ member, sites, membership, onDone }: MemberProps) {
  const { http, orgId, queries } = useSession();
  const isSelf = member.user_id === useMe()?.user.id;
  const params = { path: { org_id: orgId, user_id: member.user_id } };
  const changed = async (what: string): Promise<void> => {
    await queries.invalidateQueries({ queryKey: [orgId, "members"] });
    onDone(what);
  };
  return (
    <li className={styles.line}>
      <div>
        <p>
          <strong>{member.name}</strong>
          {isSelf && ` (${text.you})`}
        </p>
        {member.email != null && <p>{member.email}</p>}
        <p className={styles.quiet}>
          {strings.role[member.role]} · {describeSites(member.sites, sites)} · {text.since(formatDateTime(member.since))}
        </p>
      </div>
      {!isSelf && membership?.rights.includes("manage_members") && membership.may_assign.includes(member.role) && (
        <div className={styles.actions}>
          <Confirm
            label={text.change}
            of={member.name}
            title={text.changeTitle(member.name)}
            action={text.save}
            tone="primary"
            check={checkSites}
            onConfirm={async (filled) => {
              const role = membership.may_assign.find((role) => role === filled.text("role")) ?? member.role;
              const body = { role, sites: chosenSites(filled) };
              unwrap(await http.PATCH("/v1/orgs/{org_id}/members/{user_id}", { params, body }));
              await changed(text.saved(member.name));
            }}
          >
            <SelectField
              label={text.role}
              name="role"
              defaultValue={member.role}
              options={membership.may_assign.map((role) => [role, strings.role[role]] as const)}
            />
            <SitesField sites={sites} mayBeAll={membership.sites === "all"} chosen={member.sites} />
          </Confirm>
          <Confirm
            label={text.remove}
            of={member.name}
            title={text.removeTitle(member.name)}
            onConfirm={async () => {
              check(await http.DELETE("/v1/orgs/{org_id}/members/{user_id}", { params }));
              await changed(text.removed(member.name));
            }}
          >
            <p>{text.removeText}</p>
          </Confirm>
        </div>
      )}
    </li>
  );
}

function Leave({ membership }: { membership: MembershipView }) {
  const { http, orgId } = useSession();
  const backend = useBackend();
  const navigate = useNavigate();
  return (
    <div className={styles.actions}>
      <Confirm
        label={text.leave}
        title={text.leaveTitle(membership.name)}
        onConfirm={async () => {
          check(await http.POST("/v1/orgs/{org_id}/leave", { params: { path: { org_id: orgId } } }));
          await navigate({ to: "/profile" });
          await backend.queries.invalidateQueries(meQuery(backend));
        }}
      >
        <p>{text.leaveText}</p>
      </Confirm>
    </div>
  );
}
