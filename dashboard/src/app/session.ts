import { queryOptions, useQuery, type QueryClient } from "@tanstack/react-query";
import { createContext, use } from "react";
import { keyOf } from "../api/access";
import { createApi, type Api } from "../api/client";
import { createHttp, type Http } from "../api/http";
import type { Me, MembershipView } from "../api/types";
import { LiveStore } from "../live/store";
import { observeServerTime } from "../live/time";
import { meQuery, useBackend, type Backend } from "./backend";

/** Everything that belongs to one organization as one caller sees it. */
export interface Session {
  readonly orgId: string;
  /** Whether an access key lets this tab in, and no person. */
  readonly byKey: boolean;
  readonly http: Http;
  readonly api: Api;
  readonly store: LiveStore;
  readonly queries: QueryClient;
}

/** The organization `orgId` as whoever holds this tab's access key sees it, else as whoever is signed in does. */
export function createSession(backend: Backend, orgId: string): Session {
  const key = keyOf(orgId);
  const http = key === undefined ? backend.person : createHttp({ bearer: async () => key, renew: async () => undefined });
  return {
    orgId,
    byKey: key !== undefined,
    http,
    api: createApi(http, orgId),
    store: new LiveStore(),
    queries: backend.queries,
  };
}

const SessionContext = createContext<Session | undefined>(undefined);

export const SessionProvider = SessionContext.Provider;

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error("no SessionProvider around this component");
  return session;
}

/** Who looks at the organization; nobody while that is not known, and if an access key lets this tab in. */
export function useMe(): Me | undefined {
  const { byKey } = useSession();
  return useQuery({ ...meQuery(useBackend()), enabled: !byKey }).data;
}

/** What whoever looks at the organization is there, of their own. */
export function useOwnMembership(): MembershipView | undefined {
  const { orgId } = useSession();
  return useMe()?.memberships.find((membership) => membership.org_id === orgId);
}

/** As what whoever looks at the organization acts there: as what they are, or as the member whom they support is. */
export function useMembership(): MembershipView | undefined {
  const { orgId } = useSession();
  const own = useOwnMembership();
  const support = useMe()?.support;
  return own ?? (support?.org_id === orgId ? support : undefined);
}

/** The overview: names and places. What is happening in the units goes to the store. */
export function overviewQuery({ api, store, orgId }: Session) {
  return queryOptions({
    queryKey: [orgId, "overview"],
    queryFn: async ({ signal }) => {
      const overview = await api.overview(signal);
      observeServerTime(overview.as_of);
      store.loadOverview(overview);
      return overview;
    },
    // The store ends with its page, so what went to it has to be read anew for the next.
    gcTime: 0,
  });
}

/** Alerts that are open or unsigned. They are shown from the store, where those told of live are too. */
export function alertsQuery({ api, store, orgId }: Session) {
  return queryOptions({
    queryKey: [orgId, "alerts"],
    queryFn: async ({ signal }) => {
      const mark = store.mark();
      const alerts = await api.alerts(signal);
      store.loadAlerts(alerts, mark);
      return alerts.length;
    },
    gcTime: 0,
  });
}

/** The traces of a unit's sensors over the last 24 hours. */
export function seriesQuery({ api, orgId }: Session, unitId: string) {
  return queryOptions({
    queryKey: [orgId, "series", unitId],
    queryFn: ({ signal }) => api.series(unitId, signal),
    // Opened again, a trace is read again: what came while it was closed was not collected.
    staleTime: 0,
  });
}
