import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { AlertAnnouncer } from "../alerts/AlertAnnouncer";
import { forgetAccess, keyOf } from "../api/access";
import { ApiError } from "../api/http";
import { Button } from "../design/Button";
import { Notice } from "../design/Notice";
import { PanelPage } from "../design/Panel";
import { strings } from "../i18n/strings";
import { LiveConnection } from "../live/connection";
import { LiveStoreProvider, useConnection } from "../live/hooks";
import { observeServerTime } from "../live/time";
import { keepOrganization } from "../organization/kept-organization";
import { directoryOf, DirectoryProvider } from "../overview/directory";
import { useBackend } from "./backend";
import { Header } from "./Header";
import styles from "./OrganizationPage.module.css";
import { importUnitPage } from "./import-unit-page";
import { createSession, alertsQuery, overviewQuery, SessionProvider, useSession, type Session } from "./session";
import { SupportBanner } from "./SupportBanner";
import { Waiting } from "./Waiting";

/** While changes are not heard of, they are asked for this often. */
const POLL_MS = 30_000;

/** One organization, live, around whichever of its pages is shown. */
export function OrganizationPage() {
  const { session } = useBackend();
  const { orgId } = useParams({ from: "/orgs/$orgId" });
  const generation = useSyncExternalStore(session.subscribe, () => session.generation);
  return <Organization key={`${orgId} ${keyOf(orgId)} ${generation}`} orgId={orgId} />;
}

function Organization({ orgId }: { orgId: string }) {
  const backend = useBackend();
  const [session] = useState(() => createSession(backend, orgId));
  return (
    <SessionProvider value={session}>
      <LiveStoreProvider value={session.store}>
        <Pages />
      </LiveStoreProvider>
    </SessionProvider>
  );
}

function Pages() {
  const session = useSession();
  const navigate = useNavigate();
  const live = useConnection() === "live";
  const refetchInterval = live ? (false as const) : POLL_MS;
  const overview = useQuery({ ...overviewQuery(session), refetchInterval });
  const alerts = useQuery({ ...alertsQuery(session), refetchInterval });
  const directory = useMemo(() => directoryOf(overview.data), [overview.data]);
  const [socketRefused, setSocketRefused] = useState(false);
  const onRefused = useCallback(() => setSocketRefused(true), []);
  const refused = socketRefused || (overview.error instanceof ApiError && overview.error.refused);
  useLiveConnection(session, overview.isSuccess && !refused, onRefused);

  const keyRefused = refused && session.byKey;
  useEffect(() => {
    if (!keyRefused) return;
    forgetAccess();
    void navigate({ to: "/access", state: { notice: "keyRefused" } });
  }, [keyRefused, navigate]);

  const found = overview.isSuccess;
  useEffect(() => {
    if (found && !session.byKey) keepOrganization(session.orgId);
  }, [found, session]);

  if (keyRefused) return <Waiting />;
  if (refused) return <NoMember />;
  return (
    <DirectoryProvider value={directory}>
      <a className={styles.skip} href="#content" onClick={skipToContent}>
        {strings.skipToContent}
      </a>
      <Header organization={overview.data?.name} />
      <SupportBanner />
      <AlertAnnouncer ready={alerts.isSuccess} />
      <main id="content" tabIndex={-1} className={styles.content}>
        {overview.data !== undefined ? (
          <Outlet />
        ) : overview.isError ? (
          <Notice tone="watch">
            <p>{strings.overview.failed}</p>
            <Button onClick={() => void overview.refetch()}>{strings.retry}</Button>
          </Notice>
        ) : (
          <Waiting />
        )}
      </main>
    </DirectoryProvider>
  );
}

/** For whoever belongs to another organization, or to this one no more. */
function NoMember() {
  return (
    <PanelPage title={strings.noMember.title}>
      <p>{strings.noMember.text}</p>
      <p>
        <Link to="/profile">{strings.noMember.others}</Link>
      </p>
    </PanelPage>
  );
}

function skipToContent(event: { preventDefault: () => void }): void {
  // The address stays what it is; the focus moves.
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function useLiveConnection(session: Session, ready: boolean, onRefused: () => void): void {
  useEffect(() => {
    if (!ready) return;
    const { api, store, queries, orgId } = session;
    const connection = new LiveConnection({
      store,
      issueTicket: () => api.issueTicket(),
      onServerTime: observeServerTime,
      onCaughtUp: () => {
        void queries.invalidateQueries({ queryKey: [orgId, "series"] });
        void queries.invalidateQueries({ queryKey: [orgId, "alerts"] });
      },
      onOutdated: () => {
        void queries.invalidateQueries({ queryKey: [orgId, "overview"] });
        void queries.invalidateQueries({ queryKey: [orgId, "alerts"] });
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
