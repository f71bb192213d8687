import { useSyncExternalStore } from "react";

/** What the page shows: everything, or one unit. */
export type Route = { readonly page: "overview" } | { readonly page: "unit"; readonly unitId: string };

/** The route of a URL fragment such as `#unit=unt_…`. */
export function routeOfFragment(fragment: string): Route {
  const unitId = new URLSearchParams(fragment.replace(/^#/, "")).get("unit");
  return unitId === null ? { page: "overview" } : { page: "unit", unitId };
}

/** The address of a unit's page. */
export function unitHref(unitId: string): string {
  return `#unit=${unitId}`;
}

/** The address of the overview. */
export const OVERVIEW_HREF = "#";

export function useRoute(): Route {
  const fragment = useSyncExternalStore(subscribe, () => window.location.hash);
  return routeOfFragment(fragment);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}
