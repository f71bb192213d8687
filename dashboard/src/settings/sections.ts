import type { MembershipView, Right } from "../api/types";

/** The pages of an organization's settings, and the right that each needs. */
export const SECTIONS = [
  { name: "organization", to: "/orgs/$orgId/settings/organization", right: "update_organization" },
  { name: "places", to: "/orgs/$orgId/settings/places", right: "manage_places" },
  { name: "networks", to: "/orgs/$orgId/settings/networks", right: "manage_networks" },
  { name: "keys", to: "/orgs/$orgId/settings/keys", right: "manage_access_keys" },
  { name: "support", to: "/orgs/$orgId/settings/support", right: "view_audit" },
] as const satisfies readonly { name: string; to: string; right: Right }[];

export type Section = (typeof SECTIONS)[number];

/** What a member may set. */
export function sectionsFor(membership: MembershipView | undefined): readonly Section[] {
  return SECTIONS.filter(({ right }) => membership?.rights.includes(right));
}
