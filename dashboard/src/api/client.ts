import { unwrap, type Http } from "./http";
import type { AlertView, Overview, ReadingSeries, Ticket } from "./types";

/** What the live page reads of one organization. */
export interface Api {
  overview(signal?: AbortSignal): Promise<Overview>;
  /** Alerts whose condition holds, and those that are over and ask for a signature. */
  alerts(signal?: AbortSignal): Promise<AlertView[]>;
  series(unitId: string, signal?: AbortSignal): Promise<ReadingSeries>;
  issueTicket(signal?: AbortSignal): Promise<Ticket>;
}

/** Pages of alerts that are read at most: 2,000 alerts are not a list a person works through. */
const MAX_ALERT_PAGES = 10;
/** Columns of a day's trace: of a sensor that reports each minute, every reading is shown. */
const SERIES_COLUMNS = 1_000;

/** Which alerts are shown: those whose condition holds, and those that are over and ask for a signature. */
const ALERTS_SHOWN = [{ status: "open" }, { status: "resolved", unsigned: "true" }] as const;

/** The calls for the organization `orgId` over `http`. */
export function createApi(http: Http, orgId: string): Api {
  const path = { org_id: orgId };
  return {
    async overview(signal) {
      return unwrap(await http.GET("/v1/orgs/{org_id}/overview", { params: { path }, ...abortable(signal) }));
    },
    async alerts(signal) {
      const alerts: AlertView[] = [];
      for (const which of ALERTS_SHOWN) {
        let cursor: string | undefined;
        for (let page = 0; page < MAX_ALERT_PAGES; page += 1) {
          const query = { ...which, limit: 200, ...(cursor === undefined ? {} : { cursor }) };
          const list = unwrap(await http.GET("/v1/orgs/{org_id}/alerts", { params: { path, query }, ...abortable(signal) }));
          alerts.push(...list.items);
          cursor = list.next_cursor ?? undefined;
          if (cursor === undefined) break;
        }
      }
      return alerts;
    },
    async series(unitId, signal) {
      const params = { path: { ...path, unit_id: unitId }, query: { points: SERIES_COLUMNS } };
      return unwrap(
        await http.GET("/v1/orgs/{org_id}/units/{unit_id}/readings/series", { params, ...abortable(signal) }),
      );
    },
    async issueTicket(signal) {
      return unwrap(await http.POST("/v1/orgs/{org_id}/live/tickets", { params: { path }, ...abortable(signal) }));
    },
  };
}

function abortable(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
