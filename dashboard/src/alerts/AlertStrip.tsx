import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { AlertView } from "../api/types";
import { openAlertsQuery, useSession } from "../app/session";
import { Age } from "../design/Age";
import { SeverityBadge } from "../design/Badge";
import { Icon } from "../design/Icon";
import { strings } from "../i18n/strings";
import { useOpenAlerts } from "../live/hooks";
import { useDirectory } from "../overview/directory";
import styles from "./AlertStrip.module.css";

/** As many as leave room for the units on a small screen. */
const SHOWN_AT_FIRST = 4;

/** What is wrong now, the worst first. */
export function AlertStrip() {
  const session = useSession();
  const { isSuccess: ready, isError: failed } = useQuery(openAlertsQuery(session));
  const alerts = useOpenAlerts();
  const [all, setAll] = useState(false);
  const shown = all ? alerts : alerts.slice(0, SHOWN_AT_FIRST);
  return (
    <section className={styles.strip} aria-labelledby="alerts-title">
      <h2 id="alerts-title">
        {strings.alerts.title}
        {alerts.length > 0 && ` (${alerts.length})`}
      </h2>
      {failed && <p role="alert">{strings.alerts.failed}</p>}
      {alerts.length === 0 && !failed && (
        <p className={styles.none}>
          {ready && <Icon name="check" />}
          {ready ? strings.alerts.none : strings.loading}
        </p>
      )}
      <ul className={styles.alerts}>
        {shown.map((alert) => (
          <OpenAlert key={alert.id} orgId={session.orgId} alert={alert} />
        ))}
      </ul>
      {shown.length < alerts.length && (
        <button type="button" onClick={() => setAll(true)}>
          {strings.alerts.more(alerts.length - shown.length)}
        </button>
      )}
    </section>
  );
}

function OpenAlert({ orgId, alert }: { orgId: string; alert: AlertView }) {
  const place = useDirectory().get(alert.unit_id);
  return (
    <li className={styles.alert} data-severity={alert.severity}>
      <div className={styles.top}>
        <SeverityBadge severity={alert.severity} />
        <Link to="/orgs/$orgId/units/$unitId" params={{ orgId, unitId: alert.unit_id }}>
          {place?.unit.name ?? strings.alerts.unknownUnit}
        </Link>
      </div>
      <p>{alert.explanation}</p>
      <p className={styles.quiet}>
        {strings.alertKind[alert.kind]} · {place && `${place.siteName} · `}
        <Age at={alert.opened_at} text={strings.alerts.openFor} />
      </p>
    </li>
  );
}
