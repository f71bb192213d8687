import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { overviewQuery, useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { Button } from "../design/Button";
import { Confirm } from "../design/Confirm";
import { formatDateTime } from "../design/format";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { checkTyped, TypeToConfirm } from "../design/TypeToConfirm";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { deletedPlacesOf, placeCalls, type DeletedPlace, type PlaceKind } from "./places";
import { deletedPlacesQuery } from "./queries";
import { SettingsPage } from "./SettingsPage";
import styles from "./settings.module.css";

const text = strings.places;

/** The sites, areas and units that there are, and those that were deleted. */
export function PlacesPage() {
  return <SettingsPage section="places">{() => <Places />}</SettingsPage>;
}

function Places() {
  const { queries, orgId } = useSession();
  const [done, setDone] = useState<string>();
  const changed = async (what: string): Promise<void> => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: [orgId, "overview"] }),
      queries.invalidateQueries({ queryKey: [orgId, "deleted"] }),
    ]);
    setDone(what);
  };
  return (
    <>
      {done !== undefined && <Notice tone="ok">{done}</Notice>}
      <Present onChange={changed} />
      <Deleted onChange={changed} />
    </>
  );
}

interface ChangeProps {
  /** Something was done, in words. */
  readonly onChange: (what: string) => Promise<void>;
}

function Present({ onChange }: ChangeProps) {
  const session = useSession();
  const sites = useQuery(overviewQuery(session)).data?.sites ?? [];
  return (
    <Panel title={text.present}>
      {sites.length === 0 && (
        <p>
          {strings.overview.empty}{" "}
          <Link to="/orgs/$orgId/setup" params={{ orgId: session.orgId }}>
            {strings.overview.setUp}
          </Link>
        </p>
      )}
      <ul className={styles.list}>
        {sites.map((site) => (
          <li key={site.id}>
            <PlaceLine kind="site" id={site.id} name={site.name} onChange={onChange} />
            <ul className={styles.inner}>
              {site.areas.map((area) => (
                <li key={area.id}>
                  <PlaceLine kind="area" id={area.id} name={area.name} onChange={onChange} />
                  <ul className={styles.inner}>
                    {area.units.map((unit) => (
                      <li key={unit.id}>
                        <PlaceLine kind="unit" id={unit.id} name={unit.name} onChange={onChange} />
                      </li>
                    ))}
                  </ul>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

interface PlaceLineProps extends ChangeProps {
  readonly kind: PlaceKind;
  readonly id: string;
  readonly name: string;
}

function PlaceLine({ kind, id, name, onChange }: PlaceLineProps) {
  const { http, orgId } = useSession();
  return (
    <div className={styles.line}>
      <div>
        <p>{name}</p>
        <p className={styles.quiet}>{text.kind[kind]}</p>
      </div>
      <Confirm
        label={text.delete}
        of={name}
        title={text.deleteTitle(name)}
        onConfirm={async () => {
          await placeCalls(http, orgId).delete(kind, id);
          await onChange(text.deleted(name));
        }}
      >
        <p>{text.deleteText[kind]}</p>
      </Confirm>
    </div>
  );
}

function Deleted({ onChange }: ChangeProps) {
  const session = useSession();
  const sites = useQuery(overviewQuery(session)).data?.sites ?? [];
  const deleted = useQuery(deletedPlacesQuery(session));
  const places = deleted.data && deletedPlacesOf(deleted.data, sites);
  return (
    <Panel title={text.gone}>
      {deleted.isPending && <Waiting />}
      {deleted.isError && (
        <Notice tone="watch">
          <p>{explain(deleted.error)}</p>
          <Button onClick={() => void deleted.refetch()}>{strings.retry}</Button>
        </Notice>
      )}
      {places?.length === 0 && <p>{text.nothingGone}</p>}
      <ul className={styles.list} aria-label={text.gone}>
        {places?.map((place) => (
          <DeletedLine key={place.id} place={place} onChange={onChange} />
        ))}
      </ul>
    </Panel>
  );
}

function DeletedLine({ place, onChange }: ChangeProps & { readonly place: DeletedPlace }) {
  const { http, orgId } = useSession();
  const { kind, id, name, within, deletedAt } = place;
  const calls = placeCalls(http, orgId);
  return (
    <li className={styles.line}>
      <div>
        <p>{name}</p>
        <p className={styles.quiet}>
          {[text.kind[kind], ...within].join(", ")}
          {deletedAt !== undefined && ` · ${text.deletedAt(formatDateTime(deletedAt))}`}
        </p>
      </div>
      <div className={styles.actions}>
        <Confirm
          label={text.restore}
          of={name}
          title={text.restoreTitle(name)}
          tone="primary"
          onConfirm={async () => {
            await calls.restore(kind, id);
            await onChange(text.restored(name));
          }}
        >
          <p>{text.restoreText}</p>
        </Confirm>
        <Confirm
          label={text.purge}
          of={name}
          title={text.purgeTitle(name)}
          check={checkTyped(name)}
          onConfirm={async () => {
            await calls.purge(kind, id);
            await onChange(text.purged(name));
          }}
        >
          <p>{text.purgeText}</p>
          <TypeToConfirm expected={name} />
        </Confirm>
      </div>
    </li>
  );
}
