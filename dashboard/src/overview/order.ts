import type { AreaView, SiteView, UnitSnapshot, UnitStatus } from "../api/types";
import { urgency } from "../live/severity";

type UnitNow = (unitId: string) => UnitSnapshot | undefined;

/** Sites, areas and units with the one that most needs a person first, by name among equals. */
export function worstFirst(sites: readonly SiteView[], now: UnitNow): SiteView[] {
  const unitUrgency = (unitId: string): number => {
    const unit = now(unitId);
    return unit === undefined ? 0 : urgency(unit);
  };
  const areaUrgency = (area: AreaView): number => Math.max(0, ...area.units.map((unit) => unitUrgency(unit.id)));
  const siteUrgency = (site: SiteView): number => Math.max(0, ...site.areas.map(areaUrgency));
  return sorted(sites, siteUrgency).map((site) => ({
    ...site,
    areas: sorted(site.areas, areaUrgency).map((area) => ({
      ...area,
      units: sorted(area.units, (unit) => unitUrgency(unit.id)),
    })),
  }));
}

const ASKS_FOR_A_PERSON: ReadonlySet<UnitStatus> = new Set([
  "excursion",
  "alarm_active",
  "monitoring_interrupted",
  "manual_required",
]);

/** Whether a person should look at a unit. */
export function needsAttention(unit: UnitSnapshot | undefined): boolean {
  return unit !== undefined && (unit.severity != null || ASKS_FOR_A_PERSON.has(unit.status));
}

function sorted<T extends { name: string }>(items: readonly T[], rank: (item: T) => number): T[] {
  const ranks = new Map(items.map((item) => [item, rank(item)]));
  return [...items].sort((a, b) => (ranks.get(b) ?? 0) - (ranks.get(a) ?? 0) || a.name.localeCompare(b.name));
}
