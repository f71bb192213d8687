import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { AlertAnnouncer } from "../alerts/AlertAnnouncer";
import { AlertStrip } from "../alerts/AlertStrip";
import type { Access } from "../api/access";
import { ApiError } from "../api/client";
import type { TemperatureUnit } from "../design/format";
import { strings } from "../i18n/strings";
import { LiveConnection } from "../live/connection";
import { LiveStoreProvider, useConnection } from "../live/hooks";
import { observeServerTime } from "../live/time";
import { directoryOf, DirectoryProvider } from "../overview/directory";
import { OverviewPage } from "../overview/OverviewPage";
import styles from "./Dashboard.module.css";
import { Header } from "./Header";
import { useRoute } from "./route";
import { createSession, openAlertsQuery, overviewQuery, SessionProvider, useSession, type Session } from "./session";

/** Charts are most of the code: they are loaded when a unit is opened, or when nothing else is to do. */
const importUnitPage = () => import("../unit/UnitPage");
const UnitPage = lazy(() => importUnitPage().then((module) => ({ default: module.UnitPage })));

/** While changes are not heard of, they are asked for this often. */
const POLL_MS = 30_000;

interface DashboardProps {
  readonly access: Access;
  readonly onTemperatureUnit: (unit: TemperatureUnit) => void;
  readonly onLeave: () => void;
  readonly onRefused: () => void;
}

/** The dashboard of one organization. */
export function Dashboard({ access, ...props }: DashboardProps) {
  const [session] = useState(() => createSession(access));
  return (
    <SessionProvider value={session}>
      <QueryClientProvider client={session.queries}>
        <LiveStoreProvider value={session.store}>
          <Pages {...props} />
        </LiveStoreProvider>
      </QueryClientProvider>
    </SessionProvider>
  );
}

function Pages({ onTemperatureUnit, onLeave, onRefused }: Omit<DashboardProps, "access">) {
  const session = useSession();
  const route = useRoute();
  const live = useConnection() === "live";
  const refetchInterval = live ? (false as const) : POLL_MS;
  const overview = useQuery({ ...overviewQuery(session), refetchInterval });
  const alerts = useQuery({ ...openAlertsQuery(session), refetchInterval });
  const directory = useMemo(() => directoryOf(overview.data), [overview.data]);

  const refused = overview.error instanceof ApiError && overview.error.refused;
  useEffect(() => {
    if (refused) onRefused();
  }, [refused, onRefused]);
  useLiveConnection(session, overview.isSuccess, onRefused);

  return (
    <DirectoryProvider value={directory}>
      <a className={styles.skip} href="#content" onClick={skipToContent}>
        {strings.skipToContent}
      </a>
      <Header organization={overview.data?.name} onTemperatureUnit={onTemperatureUnit} onLeave={onLeave} />
      <AlertAnnouncer ready={alerts.isSuccess} />
      <main id="content" tabIndex={-1} className={styles.content}>
        {overview.data === undefined ? (
          <Waiting failed={overview.isError} onRetry={() => void overview.refetch()} />
        ) : (
          <>
            <AlertStrip failed={alerts.isError} ready={alerts.isSuccess} />
            {route.page === "unit" ? (
              <Suspense fallback={<p>{strings.loading}</p>}>
                <UnitPage key={route.unitId} unitId={route.unitId} />
              </Suspense>
            ) : (
              <OverviewPage overview={overview.data} />
            )}
          </>
        )}
      </main>
    </DirectoryProvider>
  );
}

function Waiting({ failed, onRetry }: { failed: boolean; onRetry: () => void }) {
  if (!failed) return <p role="status">{strings.loading}</p>;
  return (
    <div role="alert" className={styles.failed}>
      <p>{strings.overview.failed}</p>
      <button type="button" onClick={onRetry}>
        {strings.retry}
      </button>
    </div>
  );
}

function skipToContent(event: { preventDefault: () => void }): void {
  // The fragment is the route; the focus moves without it.
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function useLiveConnection(session: Session, ready: boolean, onRefused: () => void): void {
  useEffect(() => {
    if (!ready) return;
    const { api, store, queries } = session;
    const connection = new LiveConnection({
      store,
      issueTicket: () => api.issueTicket(),
      onServerTime: observeServerTime,
      onCaughtUp: () => {
        void queries.invalidateQueries({ queryKey: ["readings"] });
        void queries.invalidateQueries({ queryKey: ["alerts"] });
      },
      onOutdated: () => {
        void queries.invalidateQueries({ queryKey: ["overview"] });
        void queries.invalidateQueries({ queryKey: ["alerts"] });
      },
      onRefused,
    });
    const lost = () => connection.networkLost();
    const back = () => connection.networkBack();
    const seen = () => {
      if (document.visibilityState === "visible") connection.retryNow();
    };
    window.addEventListener("offline", lost);
    window.addEventListener("online", back);
    document.addEventListener("visibilitychange", seen);
    connection.start();
    void importUnitPage();
    return () => {
      window.removeEventListener("offline", lost);
      window.removeEventListener("online", back);
      document.removeEventListener("visibilitychange", seen);
      connection.stop();
    };
  }, [session, ready, onRefused]);
}
