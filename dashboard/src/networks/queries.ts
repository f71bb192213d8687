import { queryOptions } from "@tanstack/react-query";
import { everyPage, unwrap } from "../api/http";
import type { JobState, JobView } from "../api/types";
import type { Session } from "../app/session";

/** The connections of an organization to network servers. */
export function networksQuery({ http, orgId }: Session) {
  return queryOptions({
    queryKey: [orgId, "networks"],
    queryFn: ({ signal }) =>
      everyPage(async (cursor) => {
        const params = { path: { org_id: orgId }, query: cursor === undefined ? {} : { cursor } };
        return unwrap(await http.GET("/v1/orgs/{org_id}/networks", { params, signal }));
      }),
    staleTime: 0,
  });
}

/** No message of the socket tells of work at network servers: while there is some, it is asked for this often. */
const POLL_MS = 2_000;

/** The last work on the registration of a sensor, if there was any. */
export function lastJobQuery({ http, orgId }: Session, sensorId: string) {
  return queryOptions({
    queryKey: [orgId, "network-jobs", sensorId],
    queryFn: async ({ signal }): Promise<JobView | null> => {
      const params = { path: { org_id: orgId }, query: { sensor_id: sensorId, limit: 1 } };
      const [last] = unwrap(await http.GET("/v1/orgs/{org_id}/network-jobs", { params, signal })).items;
      return last ?? null;
    },
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (data != null && isOpen(data.state) ? POLL_MS : false),
  });
}

/** Whether work goes on by itself. */
export function isOpen(state: JobState): boolean {
  return state === "pending" || state === "running" || state === "retrying";
}
