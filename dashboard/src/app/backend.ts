import { QueryClient, queryOptions } from "@tanstack/react-query";
import { createContext, use } from "react";
import { ApiError, createHttp, unwrap, type Http } from "../api/http";
import { browserSession, SessionOver, type PersonSession } from "../auth/session";

/** What every page reaches the system through. */
export interface Backend {
  /** The API as anybody may call it. */
  readonly anyone: Http;
  /** The API for whoever is signed in. */
  readonly person: Http;
  readonly session: PersonSession;
  /** What was read and need not be read again. */
  readonly queries: QueryClient;
}

const MAX_RETRIES = 3;

export function createBackend(): Backend {
  const anyone = createHttp();
  const session = browserSession(async (refreshToken) =>
    unwrap(await anyone.POST("/v1/identity/refresh", { body: { refresh_token: refreshToken } })),
  );
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        // What changes is told by the socket; asking again on every focus would only cost.
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) => failures < MAX_RETRIES && mayPass(error),
      },
    },
  });
  return { anyone, person: createHttp(session), session, queries };
}

/** Whether the same request may succeed a little later. */
function mayPass(error: Error): boolean {
  if (error instanceof SessionOver) return false;
  return !(error instanceof ApiError && error.status < 500);
}

const BackendContext = createContext<Backend | undefined>(undefined);

export const BackendProvider = BackendContext.Provider;

export function useBackend(): Backend {
  const backend = use(BackendContext);
  if (backend === undefined) throw new Error("no BackendProvider around this component");
  return backend;
}

/** Who is signed in, and where they belong. */
export function meQuery({ person }: Backend) {
  return queryOptions({
    queryKey: ["me"],
    queryFn: async ({ signal }) => unwrap(await person.GET("/v1/me", { signal })),
    // Others change what one may do.
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  });
}
