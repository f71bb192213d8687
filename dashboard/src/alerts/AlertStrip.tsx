import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { AlertView } from "../api/types";
import { alertsQuery, useMe, useSession } from "../app/session";
import { Age } from "../design/Age";
import { SeverityBadge } from "../design/Badge";
import { formatDateTime } from "../design/format";
import { Icon } from "../design/Icon";
import { strings } from "../i18n/strings";
import { useOpenAlerts, useUnsignedAlerts } from "../live/hooks";
import { useDirectory } from "../overview/directory";
import { membersQuery } from "../people/queries";
import { AlertActions } from "./AlertActions";
import styles from "./AlertStrip.module.css";

const text = strings.alerts;

/** As many as leave room for the units on a small screen. */
const SHOWN_AT_FIRST = 4;

/** What is wrong now, the worst first, and what was wrong and nobody has signed. */
export function AlertStrip() {
  const session = useSession();
  const { isSuccess: ready, isError: failed } = useQuery(alertsQuery(session));
  const alerts = useOpenAlerts();
  const unsigned = useUnsignedAlerts();
  return (
    <>
      <Strip id="alerts-title" title={text.title} alerts={alerts}>
        {failed && <p role="alert">{text.failed}</p>}
        {alerts.length === 0 && !failed && (
          <p className={styles.none}>
            {ready && <Icon name="check" />}
            {ready ? text.none : strings.loading}
          </p>
        )}
      </Strip>
      {unsigned.length > 0 && (
        <Strip id="unsigned-title" title={text.unsignedTitle} alerts={unsigned}>
          <p className={styles.quiet}>{text.unsignedNote}</p>
        </Strip>
      )}
    </>
  );
}

interface StripProps {
  readonly id: string;
  readonly title: string;
  readonly alerts: readonly AlertView[];
  readonly children: ReactNode;
}

function Strip({ id, title, alerts, children }: StripProps) {
  const { orgId } = useSession();
  const [all, setAll] = useState(false);
  const shown = all ? alerts : alerts.slice(0, SHOWN_AT_FIRST);
  return (
    <section className={styles.strip} aria-labelledby={id}>
      <h2 id={id}>
        {title}
        {alerts.length > 0 && ` (${alerts.length})`}
      </h2>
      {children}
      <ul className={styles.alerts}>
        {shown.map((alert) => (
          <Alert key={alert.id} orgId={orgId} alert={alert} />
        ))}
      </ul>
      {shown.length < alerts.length && (
        <button type="button" onClick={() => setAll(true)}>
          {text.more(alerts.length - shown.length)}
        </button>
      )}
    </section>
  );
}

function Alert({ orgId, alert }: { orgId: string; alert: AlertView }) {
  const place = useDirectory().get(alert.unit_id);
  const name = place?.unit.name ?? text.unknownUnit;
  return (
    <li className={styles.alert} data-severity={alert.severity} data-handling={alert.handling?.status}>
      <div className={styles.top}>
        <SeverityBadge severity={alert.severity} />
        <Link to="/orgs/$orgId/units/$unitId" params={{ orgId, unitId: alert.unit_id }}>
          {name}
        </Link>
      </div>
      <p>{alert.explanation}</p>
      <p className={styles.quiet}>
        {strings.alertKind[alert.kind]} · {place && `${place.siteName} · `}
        {alert.resolved_at == null ? (
          <Age at={alert.opened_at} text={text.openFor} />
        ) : (
          <Age at={alert.resolved_at} text={text.lasted} />
        )}
      </p>
      <Handling alert={alert} timeZone={place?.timeZone} />
      <AlertActions alert={alert} unitName={name} />
    </li>
  );
}

/** What people have done about an alert so far. */
function Handling({ alert, timeZone }: { alert: AlertView; timeZone: string | undefined }) {
  const handling = alert.handling;
  const signed = handling?.resolution ?? handling?.acknowledgement;
  const who = useNameOf(signed?.acting_as ?? signed?.by);
  if (handling == null) return null;
  const said = handling.resolution == null ? text.acknowledged : text.resolved;
  return (
    <>
      {signed != null && (
        <p className={styles.signed}>
          <Icon name={handling.status === "open" ? "watch" : "check"} />
          <span>
            <Age at={signed.at} text={(age) => said(who, age)} />
            {handling.status === "open" && ` · ${text.worse}`}
            {handling.status === "resolved" && alert.status === "open" && ` · ${text.stillHolds}`}
          </span>
        </p>
      )}
      {handling.snooze != null && (
        <p className={styles.signed}>
          <Icon name="clock" />
          {text.waits(formatDateTime(handling.snooze.until, timeZone))}
        </p>
      )}
    </>
  );
}

/** What a member is called; access keys and those who left are somebody. */
function useNameOf(id: string | undefined): string {
  const session = useSession();
  const self = useMe()?.user.id;
  const members = useQuery({ ...membersQuery(session), enabled: id !== undefined && id !== self && !session.byKey });
  if (id !== undefined && id === self) return text.you;
  return members.data?.find((member) => member.user_id === id)?.name ?? text.somebody;
}
