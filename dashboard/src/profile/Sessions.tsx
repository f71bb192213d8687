import { useQuery } from "@tanstack/react-query";
import { check, everyPage, unwrap } from "../api/http";
import type { SessionView } from "../api/types";
import { useBackend } from "../app/backend";
import { Waiting } from "../app/Waiting";
import { Button } from "../design/Button";
import { Confirm } from "../design/Confirm";
import { formatDateTime } from "../design/format";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import styles from "./profile.module.css";
import { programOf } from "./program";

const text = strings.profile;
const QUERY_KEY = ["sessions"];

/** Where the person is signed in. */
export function Sessions() {
  const { person, queries } = useBackend();
  const sessions = useQuery({
    queryKey: QUERY_KEY,
    queryFn: ({ signal }) =>
      everyPage(async (cursor) =>
        unwrap(await person.GET("/v1/me/sessions", { params: { query: cursor === undefined ? {} : { cursor } }, signal })),
      ),
    staleTime: 0,
  });
  const end = async (id: string): Promise<void> => {
    check(await person.DELETE("/v1/me/sessions/{session_id}", { params: { path: { session_id: id } } }));
    await queries.invalidateQueries({ queryKey: QUERY_KEY });
  };
  return (
    <Panel title={text.sessions}>
      {sessions.isPending && <Waiting />}
      {sessions.isError && (
        <Notice tone="watch">
          <p>{explain(sessions.error)}</p>
          <Button onClick={() => void sessions.refetch()}>{strings.retry}</Button>
        </Notice>
      )}
      <ul className={styles.sessions}>
        {sessions.data?.map((session) => (
          <SessionLine key={session.id} session={session} onEnd={() => end(session.id)} />
        ))}
      </ul>
    </Panel>
  );
}

function SessionLine({ session, onEnd }: { session: SessionView; onEnd: () => Promise<void> }) {
  const { program, system } = programOf(session.user_agent);
  const name = text.sessionOf(program === "" ? text.unknownProgram : program, system);
  const lastUsed = formatDateTime(session.last_used_at);
  return (
    <li>
      <div>
        <p>{name}</p>
        <p className={styles.quiet}>
          {text.lastUsed(lastUsed)}
          {session.second_factor && `, ${text.withSecondFactor}`}
        </p>
      </div>
      {session.current ? (
        <strong>{text.thisSession}</strong>
      ) : (
        <Confirm label={text.endSession} of={text.endOf(name, lastUsed)} title={`${text.endSession}?`} onConfirm={onEnd}>
          <p>{text.endOf(name, lastUsed)}</p>
        </Confirm>
      )}
    </li>
  );
}
