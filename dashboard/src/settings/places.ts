import { check, type Http } from "../api/http";
import type { SiteView } from "../api/types";

/** What can be deleted, restored, and removed for good. */
export type PlaceKind = "site" | "area" | "unit";

/** A place that was deleted. */
export interface DeletedPlace {
  readonly kind: PlaceKind;
  readonly id: string;
  readonly name: string;
  /** Names of what it is in, the smallest first, as far as they are known. */
  readonly within: readonly string[];
  readonly deletedAt: string | undefined;
}

/** What is read here of an item of the API's list of deleted places. */
export interface Deleted {
  readonly type: PlaceKind;
  readonly place: {
    readonly id: string;
    readonly name: string;
    readonly site_id?: string;
    readonly area_id?: string;
    readonly deleted_at?: string | null;
  };
}

/** Every deleted place, in the order of `deleted`. `sites` are those that are there. */
export function deletedPlacesOf(deleted: readonly Deleted[], sites: readonly SiteView[]): DeletedPlace[] {
  const names = new Map<string, string>();
  for (const { place } of deleted) names.set(place.id, place.name);
  for (const site of sites) {
    names.set(site.id, site.name);
    for (const area of site.areas) names.set(area.id, area.name);
  }
  const known = (id: string | undefined) => (id === undefined ? [] : (names.get(id) ?? []));
  return deleted.map(({ type, place }) => ({
    kind: type,
    id: place.id,
    name: place.name,
    within: [known(place.area_id), known(place.site_id)].flat(),
    deletedAt: place.deleted_at ?? undefined,
  }));
}

/** What can be done to a place. */
export interface PlaceCalls {
  delete(kind: PlaceKind, id: string): Promise<void>;
  restore(kind: PlaceKind, id: string): Promise<void>;
  purge(kind: PlaceKind, id: string): Promise<void>;
}

export function placeCalls(http: Http, orgId: string): PlaceCalls {
  const site = (id: string) => ({ params: { path: { org_id: orgId, site_id: id } } });
  const area = (id: string) => ({ params: { path: { org_id: orgId, area_id: id } } });
  const unit = (id: string) => ({ params: { path: { org_id: orgId, unit_id: id } } });
  return {
    async delete(kind, id) {
      if (kind === "site") check(await http.DELETE("/v1/orgs/{org_id}/sites/{site_id}", site(id)));
      else if (kind === "area") check(await http.DELETE("/v1/orgs/{org_id}/areas/{area_id}", area(id)));
      else check(await http.DELETE("/v1/orgs/{org_id}/units/{unit_id}", unit(id)));
    },
    async restore(kind, id) {
      if (kind === "site") check(await http.POST("/v1/orgs/{org_id}/sites/{site_id}/restore", site(id)));
      else if (kind === "area") check(await http.POST("/v1/orgs/{org_id}/areas/{area_id}/restore", area(id)));
      else check(await http.POST("/v1/orgs/{org_id}/units/{unit_id}/restore", unit(id)));
    },
    async purge(kind, id) {
      if (kind === "site") check(await http.POST("/v1/orgs/{org_id}/sites/{site_id}/purge", site(id)));
      else if (kind === "area") check(await http.POST("/v1/orgs/{org_id}/areas/{area_id}/purge", area(id)));
      else check(await http.POST("/v1/orgs/{org_id}/units/{unit_id}/purge", unit(id)));
    },
  };
}
