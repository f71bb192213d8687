import type { AreaView, Overview, SiteView, UnitView } from "../api/types";

/** What is to be set up next. */
export type Step = "organization" | "site" | "area" | "unit" | "sensor" | "done";

/** The steps in their order. */
export const STEPS = ["organization", "site", "area", "unit", "sensor"] as const satisfies readonly Step[];

/** How far an organization is set up, and the place where to go on. */
export interface Progress {
  readonly step: Step;
  readonly site?: SiteView;
  readonly area?: AreaView;
  readonly unit?: UnitView;
}

/**
 * How far an organization is set up, by what there is of it: nothing else is kept, so that it goes on in another browser
 * too, and after somebody else has gone on with it.
 */
export function progressOf(overview: Overview, hasSensors: boolean): Progress {
  const { sites } = overview;
  for (const site of sites) {
    for (const area of site.areas) {
      const [unit] = area.units;
      if (unit !== undefined) return { step: hasSensors ? "done" : "sensor", site, area, unit };
    }
  }
  const site = sites.find((site) => site.areas.length > 0) ?? sites[0];
  if (site === undefined) return { step: "site" };
  const [area] = site.areas;
  return area === undefined ? { step: "area", site } : { step: "unit", site, area };
}
