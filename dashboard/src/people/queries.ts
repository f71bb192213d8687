import { queryOptions } from "@tanstack/react-query";
import { everyPage, unwrap } from "../api/http";
import type { Session } from "../app/session";

/** The people of an organization. */
export function membersQuery({ http, orgId }: Session) {
  return queryOptions({
    queryKey: [orgId, "members"],
    queryFn: ({ signal }) =>
      everyPage(async (cursor) =>
        unwrap(
          await http.GET("/v1/orgs/{org_id}/members", {
            params: { path: { org_id: orgId }, query: cursor === undefined ? {} : { cursor } },
            signal,
          }),
        ),
      ),
    // No message of the socket tells of people.
    staleTime: 0,
  });
}

/** Who was asked to join. */
export function invitationsQuery({ http, orgId }: Session) {
  return queryOptions({
    queryKey: [orgId, "invitations"],
    queryFn: ({ signal }) =>
      everyPage(async (cursor) =>
        unwrap(
          await http.GET("/v1/orgs/{org_id}/invitations", {
            params: { path: { org_id: orgId }, query: cursor === undefined ? {} : { cursor } },
            signal,
          }),
        ),
      ),
    staleTime: 0,
  });
}
