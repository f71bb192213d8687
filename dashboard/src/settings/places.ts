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

interface Deleted {
  readonly id: string;
  readonly name: string;
  readonly deleted_at?: string | null;
}

/** What is read here of the API's list of deleted places. */
export interface DeletedPlaces {
  readonly sites: readonly Deleted[];
  readonly areas: readonly (Deleted & { readonly site_id: string })[];
  readonly units: readonly (Deleted & { readonly site_id: string; readonly area_id: string })[];
}

/** Every deleted place, the last one first. `sites` are those that are there. */
export function deletedPlacesOf(deleted: DeletedPlaces, sites: readonly SiteView[]): DeletedPlace[] {
  const names = new Map<string, string>();
  for (const { id, name } of [...deleted.sites, ...deleted.areas]) names.set(id, name);
  for (const site of sites) {
    names.set(site.id, site.name);
    for (const area of site.areas) names.set(area.id, area.name);
  }
  const known = (...ids: string[]) => ids.flatMap((id) => names.get(id) ?? []);
  const places: DeletedPlace[] = [
    ...deleted.sites.map((site) => placeOf("site", site, [])),
    ...deleted.areas.map((area) => placeOf("area", area, known(area.site_id))),
    ...deleted.units.map((unit) => placeOf("unit", unit, known(unit.area_id, unit.site_id))),
  ];
  return places.sort((a, b) => (b.deletedAt ?? "").localeCompare(a.deletedAt ?? ""));
}

function placeOf(kind: PlaceKind, { id, name, deleted_at }: Deleted, within: readonly string[]): DeletedPlace {
  return { kind, id, name, within, deletedAt: deleted_at ?? undefined };
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
