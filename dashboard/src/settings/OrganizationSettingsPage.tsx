import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { check } from "../api/http";
import type { MembershipView } from "../api/types";
import { meQuery, useBackend } from "../app/backend";
import { useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { Button } from "../design/Button";
import { Confirm } from "../design/Confirm";
import { SelectField } from "../design/Form";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { checkTyped, TypeToConfirm } from "../design/TypeToConfirm";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { membersQuery } from "../people/queries";
import { Details } from "./Details";
import { SettingsPage } from "./SettingsPage";
import styles from "./settings.module.css";

const text = strings.settings;

/** The organization as a whole: what it is called, whose it is, and its end. */
export function OrganizationSettingsPage() {
  return (
    <SettingsPage section="organization">
      {(membership) => (
        <>
          <Details />
          {membership.rights.includes("manage_organization") && (
            <>
              <Ownership membership={membership} />
              <Deletion membership={membership} />
            </>
          )}
        </>
      )}
    </SettingsPage>
  );
}

/** Handing the organization on to another of its people. */
function Ownership({ membership }: { membership: MembershipView }) {
  const session = useSession();
  const { http, orgId } = session;
  const backend = useBackend();
  const navigate = useNavigate();
  const members = useQuery(membersQuery(session));
  // Whoever supports the owner is not the owner.
  const heirs = members.data?.filter(({ role }) => role !== "owner");
  return (
    <Panel title={text.ownership}>
      <p>{text.ownershipIntro}</p>
      {members.isPending && <Waiting />}
      {members.isError && (
        <Notice tone="watch">
          <p>{explain(members.error)}</p>
          <Button onClick={() => void members.refetch()}>{strings.retry}</Button>
        </Notice>
      )}
      {heirs?.length === 0 && (
        <p>
          {text.noHeir}{" "}
          <Link to="/orgs/$orgId/people" params={{ orgId }}>
            {strings.people.invite}
          </Link>
        </p>
      )}
      {heirs !== undefined && heirs.length > 0 && (
        <div>
          <Confirm
            label={text.transfer}
            title={text.transferTitle(membership.name)}
            check={checkTyped(membership.name)}
            onConfirm={async (filled) => {
              const params = { path: { org_id: orgId }, header: { "Idempotency-Key": filled.key } };
              check(await http.POST("/v1/orgs/{org_id}/ownership", { params, body: { user_id: filled.text("user_id") } }));
              // This page is the new owner's from here on.
              await navigate({ to: "/orgs/$orgId/people", params: { orgId } });
              await backend.queries.invalidateQueries(meQuery(backend));
            }}
          >
            <p>{text.transferText}</p>
            <SelectField
              label={text.newOwner}
              name="user_id"
              required
              options={[
                // Nobody becomes the owner by accident.
                ["", text.chooseOwner],
                ...heirs.map(({ user_id, name, role }) => [user_id, `${name} (${strings.role[role]})`] as const),
              ]}
            />
            <TypeToConfirm expected={membership.name} />
          </Confirm>
        </div>
      )}
    </Panel>
  );
}

/** The end of the organization, which can be taken back for a while. */
function Deletion({ membership }: { membership: MembershipView }) {
  const { http, orgId } = useSession();
  const backend = useBackend();
  const navigate = useNavigate();
  return (
    <Panel title={text.deletion}>
      <p>{text.deletionIntro}</p>
      <div>
        <Confirm
          label={text.deleteOrganization}
          title={text.deleteTitle(membership.name)}
          check={checkTyped(membership.name)}
          onConfirm={async () => {
            check(await http.DELETE("/v1/orgs/{org_id}", { params: { path: { org_id: orgId } } }));
            // There it can be restored.
            await navigate({ to: "/profile" });
            await backend.queries.invalidateQueries(meQuery(backend));
          }}
        >
          <ul className={styles.consequences}>
            {text.deleteConsequences.map((consequence) => (
              <li key={consequence}>{consequence}</li>
            ))}
          </ul>
          <TypeToConfirm expected={membership.name} />
        </Confirm>
      </div>
    </Panel>
  );
}
