import { useQuery } from "@tanstack/react-query";
import type { SupportSessionView } from "../api/types";
import { useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { Badge } from "../design/Badge";
import { Button } from "../design/Button";
import { formatDateTime } from "../design/format";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { supportSessionsQuery } from "./queries";
import { SettingsPage } from "./SettingsPage";
import styles from "./settings.module.css";

const text = strings.support;

/** When the people of the platform acted in the organization, in whose place and why. */
export function SupportLogPage() {
  return <SettingsPage section="support">{() => <SupportLog />}</SettingsPage>;
}

function SupportLog() {
  const sessions = useQuery(supportSessionsQuery(useSession()));
  return (
    <Panel title={text.log}>
      <p>{text.logIntro}</p>
      {sessions.isPending && <Waiting />}
      {sessions.isError && (
        <Notice tone="watch">
          <p>{explain(sessions.error)}</p>
          <Button onClick={() => void sessions.refetch()}>{strings.retry}</Button>
        </Notice>
      )}
      {sessions.data?.length === 0 && <p>{text.never}</p>}
      <ul className={styles.list} aria-label={text.log}>
        {sessions.data?.map((session) => (
          <SupportLine key={session.id} session={session} />
        ))}
      </ul>
    </Panel>
  );
}

function SupportLine({ session }: { session: SupportSessionView }) {
  const { administrator_name, member_name, reason, status, started_at, ends_at } = session;
  const isActive = status === "active";
  return (
    <li className={styles.line}>
      <div>
        <p>{text.actedFor(administrator_name ?? text.somebody, member_name ?? text.somebody)}</p>
        <p>{text.reason(reason)}</p>
        <p className={styles.quiet}>{text.between(formatDateTime(started_at), formatDateTime(ends_at))}</p>
      </div>
      <Badge tone={isActive ? "watch" : "neutral"} icon={isActive ? "watch" : "check"}>
        {text.status[status]}
      </Badge>
    </li>
  );
}
