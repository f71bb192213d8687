import { useMemo } from "react";
import type { Overview } from "../api/types";
import { strings } from "../i18n/strings";
import { useLiveStore, useUnitOrder } from "../live/hooks";
import styles from "./OverviewPage.module.css";
import { needsAttention, worstFirst } from "./order";
import { UnitCard } from "./UnitCard";

/** Every site with its areas and units, the worst first. */
export function OverviewPage({ overview }: { overview: Overview }) {
  const store = useLiveStore();
  const order = useUnitOrder();
  const sites = useMemo(
    () => worstFirst(overview.sites, (unitId) => store.unit(unitId)),
    // `order` tells when the store would answer differently.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [overview, store, order],
  );

  if (sites.length === 0) return <p>{strings.overview.empty}</p>;
  return sites.map((site) => {
    const units = site.areas.flatMap((area) => area.units);
    const attention = units.filter((unit) => needsAttention(store.unit(unit.id))).length;
    return (
      <section key={site.id} className={styles.site} aria-labelledby={site.id}>
        <div className={styles.heading}>
          <h2 id={site.id}>{site.name}</h2>
          <p>{strings.overview.summary(units.length, attention)}</p>
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
                    <UnitCard id={unit.id} name={unit.name} kind={unit.kind} />
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
