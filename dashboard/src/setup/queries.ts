import { queryOptions } from "@tanstack/react-query";
import { everyPage, unwrap } from "../api/http";
import type { Session } from "../app/session";

/** As many sensors as one page of the list holds: setting up is about the first ones. */
const PAGE = 200;

/** The first sensors of an organization. */
export function sensorsQuery({ http, orgId }: Session) {
  return queryOptions({
    queryKey: [orgId, "sensors"],
    queryFn: async ({ signal }) => {
      const params = { path: { org_id: orgId }, query: { limit: PAGE } };
      return unwrap(await http.GET("/v1/orgs/{org_id}/sensors", { params, signal })).items;
    },
  });
}

/** The models of sensors that are understood. */
export function modelsQuery({ http, orgId }: Session) {
  return queryOptions({
    queryKey: [orgId, "device-models"],
    queryFn: ({ signal }) =>
      everyPage(async (cursor) => {
        const params = { path: { org_id: orgId }, query: cursor === undefined ? {} : { cursor } };
        return unwrap(await http.GET("/v1/orgs/{org_id}/device-models", { params, signal }));
      }),
  });
}
