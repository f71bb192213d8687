import { queryOptions } from "@tanstack/react-query";
import { everyPage, unwrap } from "../api/http";
import type { Session } from "../app/session";

/** The organization, and the revision that a change of it is based on. */
export function organizationQuery({ http, orgId }: Session) {
  return queryOptions({
    queryKey: [orgId, "organization"],
    queryFn: async ({ signal }) => {
      const reply = await http.GET("/v1/orgs/{org_id}", { params: { path: { org_id: orgId } }, signal });
      return { view: unwrap(reply), revision: reply.response.headers.get("ETag") };
    },
    staleTime: 0,
  });
}

/** The access keys of an organization, without their secrets. */
export function accessKeysQuery({ http, orgId }: Session) {
  return queryOptions({
    queryKey: [orgId, "access-keys"],
    queryFn: ({ signal }) =>
      everyPage(async (cursor) => {
        const params = { path: { org_id: orgId }, query: cursor === undefined ? {} : { cursor } };
        return unwrap(await http.GET("/v1/orgs/{org_id}/access-keys", { params, signal }));
      }),
    staleTime: 0,
  });
}

/** What was deleted and can be restored. */
export function deletedPlacesQuery({ http, orgId }: Session) {
  return queryOptions({
    queryKey: [orgId, "deleted"],
    queryFn: ({ signal }) =>
      everyPage(async (cursor) => {
        const params = { path: { org_id: orgId }, query: cursor === undefined ? {} : { cursor } };
        return unwrap(await http.GET("/v1/orgs/{org_id}/deleted", { params, signal }));
      }),
    staleTime: 0,
  });
}

/** When administrators of the platform acted here, the newest first. */
export function supportSessionsQuery({ http, orgId }: Session) {
  return queryOptions({
    queryKey: [orgId, "support-sessions"],
    queryFn: ({ signal }) =>
      everyPage(async (cursor) => {
        const params = { path: { org_id: orgId }, query: cursor === undefined ? {} : { cursor } };
        return unwrap(await http.GET("/v1/orgs/{org_id}/support-sessions", { params, signal }));
      }),
    staleTime: 0,
  });
}
