import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { AlertStrip } from "../alerts/AlertStrip";
import type { Overview } from "../api/types";
import { overviewQuery, useMembership, useSession } from "../app/session";
import { useTitle } from "../design/Panel";
import { strings } from "../i18n/strings";
import { useLiveStore, useUnitOrder } from "../live/hooks";
import styles from "./OverviewPage.module.css";
import { needsAttention, worstFirst } from "./order";
import { UnitCard } from "./UnitCard";

/** Every site with its areas and units, the worst first. */
export function OverviewPage() {
  const session = useSession();
  const { data: overview } = useQuery(overviewQuery(session));
  useTitle(overview?.name ?? strings.navigation.overview);
  if (overview === undefined) return null;
  return (
    <>
      <AlertStrip />
      <SitesOf overview={overview} orgId={session.orgId} />
    </>
  );
}

function SitesOf({ overview, orgId }: { overview: Overview; orgId: string }) {
  const store = useLiveStore();
  const order = useUnitOrder();
  const sites = useMemo(
    () => worstFirst(overview.sites, (unitId) => store.unit(unitId)),
    // `order` tells when the store would answer differently.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [overview, store, order],
  );

  if (sites.length === 0) return <NothingYet orgId={orgId} />;
  return sites.map((site) => {
    const units = site.areas.flatMap((area) => area.units);
    const attention = units.filter((unit) => needsAttention(store.unit(unit.id))).length;
    const silent = units.filter((unit) => store.unit(unit.id)?.status === "pending").length;
    return (
      <section key={site.id} className={styles.site} aria-labelledby={site.id}>
        <div className={styles.heading}>
          <h2 id={site.id}>{site.name}</h2>
          <p>{strings.overview.summary(units.length, attention, silent)}</p>
        </div>
        {site.areas.map((area) => (
          <section key={area.id} className={styles.area} aria-labelledby={area.id}>
            <h3 id={area.id}>{area.name}</h3>
            {area.units.length === 0 ? (
              <p>{strings.overview.noUnits}</p>
            ) : (
              <ul className={styles.units}>
                {area.units.map((unit) => (
                  <li key={unit.id}>
                    <UnitCard orgId={orgId} id={unit.id} name={unit.name} kind={unit.kind} />
                  </li>
                ))}
              </ul>
            )}
          </section>
        ))}
      </section>
    );
  });
}

/** An organization without sites, or one whose sites are not for whoever looks. */
function NothingYet({ orgId }: { orgId: string }) {
  const maySetUp = useMembership()?.rights.includes("manage_places") ?? false;
  return (
    <div className={styles.nothing}>
      <p>{strings.overview.empty}</p>
      {maySetUp && (
        <Link to="/orgs/$orgId/setup" params={{ orgId }}>
          {strings.overview.setUp}
        </Link>
      )}
    </div>
  );
}
