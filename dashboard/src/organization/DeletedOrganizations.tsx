import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { everyPage, unwrap } from "../api/http";
import type { OrganizationView } from "../api/types";
import { meQuery, useBackend, type Backend } from "../app/backend";
import { Confirm } from "../design/Confirm";
import { Field } from "../design/Form";
import { formatDateTime } from "../design/format";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { strings } from "../i18n/strings";
import styles from "./DeletedOrganizations.module.css";

const text = strings.deletedOrganizations;

/** The person's organizations, with those of theirs that were deleted and can be restored. */
function ownOrganizationsQuery({ person }: Backend) {
  return queryOptions({
    queryKey: ["organizations"],
    queryFn: ({ signal }) =>
      everyPage(async (cursor) =>
        unwrap(await person.GET("/v1/orgs", { params: { query: cursor === undefined ? {} : { cursor } }, signal })),
      ),
    staleTime: 0,
  });
}

/** Organizations that the person has deleted, for as long as they can be restored. */
export function DeletedOrganizations() {
  const organizations = useQuery(ownOrganizationsQuery(useBackend()));
  const [restored, setRestored] = useState<OrganizationView>();
  const deleted = organizations.data?.filter(({ restorable_until }) => restorable_until != null) ?? [];
  if (deleted.length === 0 && restored === undefined) return null;
  return (
    <Panel title={text.title}>
      {restored !== undefined && (
        <Notice tone="ok">
          <p>{text.restored(restored.name)}</p>
          <Link to="/orgs/$orgId" params={{ orgId: restored.id }} className={styles.open}>
            {text.open(restored.name)}
          </Link>
        </Notice>
      )}
      <ul>
        {deleted.map((organization) => (
          <DeletedOrganization key={organization.id} organization={organization} onRestored={setRestored} />
        ))}
      </ul>
    </Panel>
  );
}

interface DeletedOrganizationProps {
  readonly organization: OrganizationView;
  readonly onRestored: (organization: OrganizationView) => void;
}

function DeletedOrganization({ organization, onRestored }: DeletedOrganizationProps) {
  const backend = useBackend();
  const { id, name, slug, restorable_until: until } = organization;
  return (
    <li className={styles.line}>
      <div>
        <p>{name}</p>
        <p className={styles.quiet}>{until != null && text.until(formatDateTime(until))}</p>
      </div>
      <Confirm
        label={text.restore}
        of={name}
        title={text.restoreTitle(name)}
        tone="primary"
        onConfirm={async (filled) => {
          const params = { path: { org_id: id }, header: { "Idempotency-Key": filled.key } };
          const body = filled.text("slug") === slug ? {} : { slug: filled.text("slug") };
          unwrap(await backend.person.POST("/v1/orgs/{org_id}/restore", { params, body }));
          onRestored(organization);
          await backend.queries.invalidateQueries(meQuery(backend));
          await backend.queries.invalidateQueries(ownOrganizationsQuery(backend));
        }}
      >
        <p>{text.restoreText}</p>
        <Field
          label={strings.setup.slug}
          hint={text.slugHint}
          name="slug"
          defaultValue={slug}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={63}
          required
        />
      </Confirm>
    </li>
  );
}
