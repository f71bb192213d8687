import { useQuery } from "@tanstack/react-query";
import { unwrap } from "../api/http";
import type { JobState, JobView, NetworkView, RegistrationStep, SensorView, Server } from "../api/types";
import { useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { Badge, type Tone } from "../design/Badge";
import { Button } from "../design/Button";
import { Form, SelectField } from "../design/Form";
import { formatAge } from "../design/format";
import { Icon, type IconName } from "../design/Icon";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { useTimeText } from "../live/hooks";
import styles from "./networks.module.css";
import { lastJobQuery } from "./queries";
import { AppKeyField, JoinEuiField } from "./RootKeyFields";

const text = strings.networks;

interface RegistrationProps {
  readonly sensor: SensorView;
  /** The connections there are. */
  readonly networks: readonly NetworkView[];
}

/** Whether the network server knows the sensor: how far that has come, and what stands in the way. */
export function Registration({ sensor, networks }: RegistrationProps) {
  const session = useSession();
  const { queries, orgId } = session;
  const job = useQuery(lastJobQuery(session, sensor.id));
  const reread = async (): Promise<void> => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: [orgId, "network-jobs", sensor.id] }),
      // What was given for the registration is kept with the sensor, and may be forgotten there.
      queries.invalidateQueries({ queryKey: [orgId, "sensors"] }),
    ]);
  };
  const isAsked = job.data?.kind === "provision";
  return (
    <Panel title={text.registrationOf(sensor.name)}>
      {job.isPending && <Waiting />}
      {job.isError && (
        <Notice tone="watch">
          <p>{explain(job.error)}</p>
          <Button onClick={() => void job.refetch()}>{strings.retry}</Button>
        </Notice>
      )}
      {job.data != null && isAsked && <Work job={job.data} networks={networks} onRetry={reread} />}
      {job.isSuccess && (!isAsked || lacksKey(job.data)) && (
        <Register sensor={sensor} networks={networks} onAsked={reread} />
      )}
    </Panel>
  );
}

/** Whether work waits for an AppKey: going on without one leads nowhere. */
function lacksKey(job: JobView | null): boolean {
  return job?.state === "blocked" && job.setback?.obstacle === "missing_app_key";
}

interface RegisterProps extends RegistrationProps {
  readonly onAsked: () => Promise<void>;
}

/** Asks for what the network server must know and we do not. */
function Register({ sensor, networks, onAsked }: RegisterProps) {
  const { http, orgId } = useSession();
  const [only] = networks;
  return (
    <Form
      action={text.register}
      onSend={async (filled) => {
        const given = (name: "join_eui" | "app_key") =>
          filled.text(name) === "" ? {} : { [name]: filled.text(name) };
        const body = {
          network_id: filled.text("network_id") || (only?.id ?? ""),
          ...given("join_eui"),
          ...given("app_key"),
        };
        const params = {
          path: { org_id: orgId, sensor_id: sensor.id },
          header: { "Idempotency-Key": filled.key },
        };
        try {
          unwrap(await http.POST("/v1/orgs/{org_id}/sensors/{sensor_id}/provisioning", { params, body }));
        } finally {
          await onAsked();
        }
      }}
    >
      <p>{text.registerIntro}</p>
      {networks.length > 1 && (
        <SelectField
          label={text.through}
          name="network_id"
          options={networks.map(({ id, name }) => [id, name] as const)}
        />
      )}
      {sensor.join_eui == null && <JoinEuiField />}
      {sensor.app_key_last_four == null ? (
        <AppKeyField />
      ) : (
        <p className={styles.quiet}>{text.appKeyKept(sensor.app_key_last_four)}</p>
      )}
    </Form>
  );
}

const OF_STATE: Record<JobState, [Tone, IconName]> = {
  pending: ["neutral", "pending"],
  running: ["recovering", "recovering"],
  succeeded: ["ok", "check"],
  failed: ["alarm", "alarm"],
  retrying: ["watch", "clock"],
  blocked: ["watch", "watch"],
};

/** The steps of a registration in their order. */
const STEPS: Record<Server["kind"], readonly RegistrationStep[]> = {
  things_stack: ["identity_server", "join_server", "network_server", "application_server"],
  chirpstack: ["device", "device_keys"],
};

interface WorkProps {
  readonly job: JobView;
  readonly networks: readonly NetworkView[];
  readonly onRetry: () => Promise<void>;
}

/** Work at the network server as it is, with nothing made prettier. */
function Work({ job, networks, onRetry }: WorkProps) {
  const { http, orgId } = useSession();
  const { state, setback, done } = job;
  const [tone, icon] = OF_STATE[state];
  const kind = networks.find(({ id }) => id === job.network_id)?.server.kind;
  return (
    <>
      <div role="status" data-job={state}>
        <Badge tone={tone} icon={icon}>
          {text.jobState[state]}
        </Badge>
      </div>
      <ol className={styles.steps} aria-label={text.stepsOf}>
        {(kind === undefined ? done : STEPS[kind]).map((step) => {
          const isDone = done.includes(step);
          return (
            <li key={step} data-done={isDone}>
              <Icon name={isDone ? "check" : "pending"} />
              {text.step[step]}
              {isDone && <span className="visually-hidden"> {strings.setup.done}</span>}
            </li>
          );
        })}
      </ol>
      {state === "succeeded" && <p>{text.registered}</p>}
      {state !== "succeeded" && setback != null && (
        <Notice tone="watch">
          <p>{text.obstacle[setback.obstacle]}</p>
          <p>{setback.detail}</p>
        </Notice>
      )}
      {state === "retrying" && job.next_attempt_at != null && (
        <NextAttempt at={job.next_attempt_at} attempts={job.attempts} />
      )}
      {(state === "failed" || state === "blocked") && !lacksKey(job) && (
        <Form
          action={text.retry}
          onSend={async (filled) => {
            const params = { path: { org_id: orgId, job_id: job.id }, header: { "Idempotency-Key": filled.key } };
            unwrap(await http.POST("/v1/orgs/{org_id}/network-jobs/{job_id}/retry", { params }));
            await onRetry();
          }}
        >
          <p>{state === "blocked" ? text.blocked : text.failed}</p>
        </Form>
      )}
    </>
  );
}

function NextAttempt({ at, attempts }: { at: string; attempts: number }) {
  const wait = useTimeText((now) => formatAge(new Date(now).toISOString(), Date.parse(at)));
  return <p>{text.nextAttempt(attempts, wait)}</p>;
}
