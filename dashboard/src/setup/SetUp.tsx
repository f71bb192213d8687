import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { apiUrl, unwrap } from "../api/http";
import type { SensorView, UnitView } from "../api/types";
import { useMembership, useSession } from "../app/session";
import { CopyButton } from "../design/CopyButton";
import { Form } from "../design/Form";
import { formatTemperatureWithUnit } from "../design/format";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { useTemperatureUnit } from "../design/temperature-unit";
import { strings } from "../i18n/strings";
import { useUnit } from "../live/hooks";
import { UnitTemperature } from "../unit/UnitTemperature";
import styles from "./setup.module.css";

const text = strings.setup;

interface SetUpProps {
  readonly unit: UnitView;
  readonly sensors: readonly SensorView[];
}

/** Everything is set up but what lies with others: the network server has to be told where to send. */
export function SetUp({ unit, sensors }: SetUpProps) {
  const { orgId } = useSession();
  const display = useTemperatureUnit();
  const mayCreateKeys = useMembership()?.rights.includes("manage_access_keys") ?? false;
  const now = useUnit(unit.id);
  const degrees = (celsius: number) => formatTemperatureWithUnit(celsius, display);
  const sensor = sensors.find(({ unit_id }) => unit_id === unit.id) ?? sensors[0];
  const reports = now?.temperature_c != null;
  return (
    <>
      <Panel title={unit.name}>
        <p>{text.limits(degrees(unit.now.low_c), degrees(unit.now.high_c))}</p>
        <div role="status">
          {reports ? (
            <Notice tone="ok">{text.reports}</Notice>
          ) : (
            <p>{sensor === undefined ? text.waiting : text.waitingFor(sensor.name)}</p>
          )}
        </div>
        {reports && <UnitTemperature unit={now} />}
        <p className={styles.actions}>
          <Link to="/orgs/$orgId" params={{ orgId }}>
            {text.toOverview}
          </Link>
          <Link to="/orgs/$orgId/people" params={{ orgId }}>
            {text.toPeople}
          </Link>
        </p>
      </Panel>
      {!reports && mayCreateKeys && <Webhook />}
    </>
  );
}

/** The network servers whose messages are understood, and where they send them. */
const NETWORK_SERVERS = [
  ["The Things Stack", "things-stack"],
  ["ChirpStack", "chirpstack"],
] as const;

/** What a network server has to be told. */
function Webhook() {
  const { http, orgId } = useSession();
  const [secret, setSecret] = useState<string>();
  return (
    <Panel title={text.webhook}>
      <p>{text.webhookIntro}</p>
      <dl className={styles.facts}>
        {NETWORK_SERVERS.map(([name, path]) => (
          <div key={path}>
            <dt>{name}</dt>
            <dd>
              <code>{`${apiUrl()}/v1/orgs/${orgId}/ingest/${path}`}</code>
            </dd>
          </div>
        ))}
        <div>
          <dt>{text.header}</dt>
          <dd>
            <code>{`Authorization: Bearer ${secret ?? text.keyGoesHere}`}</code>
          </dd>
        </div>
      </dl>
      {secret === undefined ? (
        <Form
          action={text.createKey}
          onSend={async (filled) => {
            const params = { path: { org_id: orgId }, header: { "Idempotency-Key": filled.key } };
            const body = { name: text.keyName, rights: ["ingest" as const] };
            setSecret(unwrap(await http.POST("/v1/orgs/{org_id}/access-keys", { params, body })).secret);
          }}
        >
          <p>{text.keyHint}</p>
        </Form>
      ) : (
        <>
          <Notice tone="watch">{text.keyOnce}</Notice>
          <div className={styles.actions}>
            <CopyButton text={secret} label={text.copyKey} />
          </div>
        </>
      )}
    </Panel>
  );
}
