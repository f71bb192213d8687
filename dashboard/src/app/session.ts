import { QueryClient, queryOptions } from "@tanstack/react-query";
import { createContext, use } from "react";
import type { Access } from "../api/access";
import { ApiError, createApi, type Api } from "../api/client";
import { LiveStore } from "../live/store";
import { observeServerTime } from "../live/time";

/** Everything that belongs to one organization and key, and ends with them. */
export interface Session {
  readonly api: Api;
  readonly store: LiveStore;
  readonly queries: QueryClient;
}

const MAX_RETRIES = 3;

export function createSession(access: Access): Session {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        // What changes is told by the socket; asking again on every focus would only cost.
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) => failures < MAX_RETRIES && !(error instanceof ApiError && error.status < 500),
      },
    },
  });
  return {
    api: createApi(access, import.meta.env.VITE_API_URL ?? window.location.origin),
    store: new LiveStore(),
    queries,
  };
}

const SessionContext = createContext<Session | undefined>(undefined);

export const SessionProvider = SessionContext.Provider;

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error("no SessionProvider around this component");
  return session;
}

/** The overview: names and places. What is happening in the units goes to the store. */
export function overviewQuery({ api, store }: Session) {
  return queryOptions({
    queryKey: ["overview"],
    queryFn: async ({ signal }) => {
      const overview = await api.overview(signal);
      observeServerTime(overview.as_of);
      store.loadOverview(overview);
      return overview;
    },
  });
}

/** Open alerts. They are shown from the store, where those told of live are too. */
export function openAlertsQuery({ api, store }: Session) {
  return queryOptions({
    queryKey: ["alerts"],
    queryFn: async ({ signal }) => {
      const mark = store.mark();
      const alerts = await api.openAlerts(signal);
      store.loadOpenAlerts(alerts, mark);
      return alerts.length;
    },
  });
}

/** A unit's readings of the last 24 hours. */
export function readingsQuery({ api }: Session, unitId: string) {
  return queryOptions({
    queryKey: ["readings", unitId],
    queryFn: ({ signal }) => api.readings(unitId, signal),
    // Opened again, a trace is read again: what came while it was closed was not collected.
    staleTime: 0,
  });
}
