import type { Cluster, FrequencyPlan } from "../api/types";

/** Where radio is regulated alike, as The Things Stack names its clusters and channel plans. */
export interface Region {
  /** The cluster that is nearest. */
  readonly cluster: Cluster;
  readonly plan: FrequencyPlan;
}

const PLANS: readonly (readonly [zone: RegExp, region: Region])[] = [
  [/^(Europe|Africa|Atlantic\/(Canary|Madeira|Azores|Reykjavik|Faroe))/, { cluster: "eu1", plan: "EU_863_870_TTN" }],
  [/^Asia\/(Kolkata|Calcutta)$/, { cluster: "au1", plan: "IN_865_867" }],
  [/^Asia\/(Seoul|Pyongyang)$/, { cluster: "au1", plan: "KR_920_923_TTN" }],
  [/^(Asia|Indian)\//, { cluster: "au1", plan: "AS_923" }],
  [/^(Australia|Pacific\/Auckland)/, { cluster: "au1", plan: "AU_915_928_FSB_2" }],
];

/** What new connections begin with in a time zone: a proposal, to be changed by whoever knows better. */
export function regionOf(timeZone: string): Region {
  const [, region] = PLANS.find(([zone]) => zone.test(timeZone)) ?? [];
  return region ?? { cluster: "nam1", plan: "US_902_928_FSB_2" };
}
