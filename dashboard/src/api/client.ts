import createClient from "openapi-fetch";
import type { Access } from "./access";
import type { paths } from "./schema";
import type { AlertView, Overview, Problem, ReadingList, Ticket } from "./types";

/** A reply that is not a success. */
export class ApiError extends Error {
  /** The HTTP status. */
  readonly status: number;
  /** The stable code of the problem, if the reply carried one. */
  readonly code: Problem["code"] | undefined;

  constructor(status: number, problem: Partial<Problem> | undefined) {
    super(problem?.detail ?? `The server answered ${status}.`);
    this.name = "ApiError";
    this.status = status;
    this.code = problem?.code;
  }

  /** Whether the key is unknown, revoked, lacks the right, or belongs to another organization. */
  get refused(): boolean {
    return this.status === 401 || this.status === 403 || this.status === 404;
  }
}

/** The calls this app makes, for one organization and key. */
export interface Api {
  overview(signal?: AbortSignal): Promise<Overview>;
  openAlerts(signal?: AbortSignal): Promise<AlertView[]>;
  readings(unitId: string, signal?: AbortSignal): Promise<ReadingList>;
  issueTicket(signal?: AbortSignal): Promise<Ticket>;
}

/** Pages of alerts that are read at most: 2,000 open alerts are not a list a person works through. */
const MAX_ALERT_PAGES = 10;

/** The API at `baseUrl` for the holder of `access`. */
export function createApi(access: Access, baseUrl: string): Api {
  const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${access.key}` } });
  const path = { org_id: access.orgId };
  return {
    async overview(signal) {
      return unwrap(await client.GET("/v1/orgs/{org_id}/overview", { params: { path }, ...abortable(signal) }));
    },
    async openAlerts(signal) {
      const alerts: AlertView[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MAX_ALERT_PAGES; page += 1) {
        const query = { status: "open", limit: 200, ...(cursor === undefined ? {} : { cursor }) };
        const list = unwrap(
          await client.GET("/v1/orgs/{org_id}/alerts", { params: { path, query }, ...abortable(signal) }),
        );
        alerts.push(...list.alerts);
        cursor = list.next_cursor ?? undefined;
        if (cursor === undefined) break;
      }
      return alerts;
    },
    async readings(unitId, signal) {
      return unwrap(
        await client.GET("/v1/orgs/{org_id}/units/{unit_id}/readings", {
          params: { path: { ...path, unit_id: unitId } },
          ...abortable(signal),
        }),
      );
    },
    async issueTicket(signal) {
      return unwrap(await client.POST("/v1/orgs/{org_id}/live/tickets", { params: { path }, ...abortable(signal) }));
    },
  };
}

function abortable(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function unwrap<T>(result: { data?: T; error?: unknown; response: Response }): T {
  if (result.response.ok && result.data !== undefined) return result.data;
  const problem = typeof result.error === "object" && result.error !== null ? result.error : undefined;
  throw new ApiError(result.response.status, problem);
}
