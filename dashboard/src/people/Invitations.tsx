import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { check, unwrap } from "../api/http";
import type { InvitationView, MembershipView, SiteView } from "../api/types";
import { useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { Button } from "../design/Button";
import { Confirm } from "../design/Confirm";
import { Field, Form, SelectField } from "../design/Form";
import { formatDateTime } from "../design/format";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import styles from "./people.module.css";
import { invitationsQuery } from "./queries";
import { checkSites, chosenSites, describeSites, SitesField } from "./SitesField";

const text = strings.people;

interface InvitationsProps {
  /** What the person who invites is here. */
  readonly membership: MembershipView;
  readonly sites: readonly SiteView[];
}

/** Asking somebody to join, and who has been asked. */
export function Invitations({ membership, sites }: InvitationsProps) {
  const session = useSession();
  const { http, orgId, queries } = session;
  const invitations = useQuery(invitationsQuery(session));
  const [invited, setInvited] = useState<string>();
  // The next invitation begins with an empty form.
  const [count, setCount] = useState(0);
  const reread = () => queries.invalidateQueries({ queryKey: [orgId, "invitations"] });
  const open = invitations.data?.filter(({ status }) => status === "pending" || status === "expired");
  return (
    <>
      <Panel title={text.invite}>
        {invited !== undefined && <Notice tone="ok">{text.invited(invited)}</Notice>}
        <Form
          key={count}
          action={text.inviteAction}
          check={checkSites}
          onSend={async (filled) => {
            setInvited(undefined);
            const role = membership.may_assign.find((role) => role === filled.text("role")) ?? "viewer";
            const sent = {
              params: { path: { org_id: orgId }, header: { "Idempotency-Key": filled.key } },
              body: { email: filled.text("email"), role, sites: chosenSites(filled) },
            };
            const { email } = unwrap(await http.POST("/v1/orgs/{org_id}/invitations", sent));
            setInvited(email);
            setCount(count + 1);
            await reread();
          }}
        >
          <Field label={strings.person.email} name="email" type="email" autoComplete="off" required />
          <SelectField
            label={text.role}
            name="role"
            defaultValue="staff"
            options={membership.may_assign.map(
              (role) => [role, `${strings.role[role]}: ${strings.roleHint[role]}`] as const,
            )}
          />
          <SitesField sites={sites} mayBeAll={membership.sites === "all"} chosen="all" />
        </Form>
      </Panel>
      <Panel title={text.invitations}>
        {invitations.isPending && <Waiting />}
        {invitations.isError && (
          <Notice tone="watch">
            <p>{explain(invitations.error)}</p>
            <Button onClick={() => void invitations.refetch()}>{strings.retry}</Button>
          </Notice>
        )}
        {open?.length === 0 && <p>{text.noInvitations}</p>}
        <ul className={styles.list}>
          {open?.map((invitation) => (
            <Invitation key={invitation.id} invitation={invitation} sites={sites} onChange={reread} />
          ))}
        </ul>
      </Panel>
    </>
  );
}

interface InvitationProps {
  readonly invitation: InvitationView;
  readonly sites: readonly SiteView[];
  readonly onChange: () => Promise<void>;
}

function Invitation({ invitation, sites, onChange }: InvitationProps) {
  const { http, orgId } = useSession();
  const path = { org_id: orgId, invitation_id: invitation.id };
  const of = text.of(invitation.email);
  return (
    <li className={styles.line}>
      <div>
        <p>{invitation.email}</p>
        <p className={styles.quiet}>
          {strings.role[invitation.role]} · {describeSites(invitation.sites, sites)} · {text.status[invitation.status]}
          {invitation.status === "pending" && ` ${text.until(formatDateTime(invitation.expires_at))}`}
        </p>
      </div>
      <div className={styles.actions}>
        <Confirm
          label={text.resend}
          of={of}
          title={`${text.resend}?`}
          tone="primary"
          onConfirm={async (filled) => {
            const params = { path, header: { "Idempotency-Key": filled.key } };
            unwrap(await http.POST("/v1/orgs/{org_id}/invitations/{invitation_id}/resend", { params }));
            await onChange();
          }}
        >
          <p>{invitation.email}</p>
        </Confirm>
        <Confirm
          label={text.revoke}
          of={of}
          title={`${text.revoke}?`}
          onConfirm={async () => {
            check(await http.DELETE("/v1/orgs/{org_id}/invitations/{invitation_id}", { params: { path } }));
            await onChange();
          }}
        >
          <p>{invitation.email}</p>
        </Confirm>
      </div>
    </li>
  );
}
