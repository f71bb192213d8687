import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { unwrap } from "../api/http";
import type { NewNetwork, SensorView } from "../api/types";
import { useSession } from "../app/session";
import { Waiting } from "../app/Waiting";
import { Button } from "../design/Button";
import { Choices, Form } from "../design/Form";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { ApiKeyField } from "./ApiKeyField";
import { Connection } from "./Connection";
import { networksQuery } from "./queries";
import { Registration } from "./Registration";
import { ChirpstackFields, serverOf, ThingsStackFields, type ServerKind } from "./ServerFields";
import { Webhook } from "./Webhook";

const text = strings.networks;

interface ConnectProps {
  /** The sensor that is to be heard. */
  readonly sensor: SensorView;
  /** Where it is. */
  readonly timeZone: string;
  readonly mayConnect: boolean;
  readonly mayCreateKeys: boolean;
}

/**
 * How frames of the sensor come here: through a connection to its network server, where it is registered by us, or as
 * somebody has set it up by hand. What is shown follows from what there is, as in the steps before.
 */
export function Connect({ sensor, timeZone, mayConnect, mayCreateKeys }: ConnectProps) {
  const session = useSession();
  const networks = useQuery(networksQuery(session));
  // The secret of a webhook is shown once: it is nowhere but on this page, until it is left.
  const [created, setCreated] = useState<NewNetwork>();
  if (networks.isError) {
    return (
      <Panel title={text.title}>
        <Notice tone="watch">
          <p>{explain(networks.error)}</p>
          <Button onClick={() => void networks.refetch()}>{strings.retry}</Button>
        </Notice>
      </Panel>
    );
  }
  if (networks.data === undefined) return <Waiting />;
  if (networks.data.length > 0) {
    return (
      <>
        {networks.data.map((network) => (
          <Connection
            key={network.id}
            network={network}
            mayManage={mayConnect}
            secret={created?.network.id === network.id ? created.webhook_secret : undefined}
          />
        ))}
        <Registration sensor={sensor} networks={networks.data} />
      </>
    );
  }
  if (!mayConnect && !mayCreateKeys) return null;
  return (
    <Choice timeZone={timeZone} mayConnect={mayConnect} mayCreateKeys={mayCreateKeys} onCreated={setCreated} />
  );
}

interface ChoiceProps extends Omit<ConnectProps, "sensor"> {
  readonly onCreated: (created: NewNetwork) => void;
}

/** Which network server hears the sensor. */
function Choice({ timeZone, mayConnect, mayCreateKeys, onCreated }: ChoiceProps) {
  const [way, setWay] = useState<string>();
  const ways = [
    ...(mayConnect ? (["things_stack", "chirpstack"] as const) : []),
    ...(mayCreateKeys ? (["by_hand"] as const) : []),
  ];
  return (
    <Panel title={text.title}>
      <Choices
        legend={text.which}
        name="way"
        type="radio"
        options={ways.map((way) => [way, text.way[way]] as const)}
        onChange={setWay}
      />
      {(way === "things_stack" || way === "chirpstack") && (
        // Another server is another form: what was wrong with the one is not wrong with the other.
        <NewConnection key={way} kind={way} timeZone={timeZone} onCreated={onCreated} />
      )}
      {way === "by_hand" && <Webhook />}
    </Panel>
  );
}

interface NewConnectionProps {
  readonly kind: ServerKind;
  readonly timeZone: string;
  readonly onCreated: (created: NewNetwork) => void;
}

function NewConnection({ kind, timeZone, onCreated }: NewConnectionProps) {
  const { http, orgId, queries } = useSession();
  return (
    <Form
      action={text.connect}
      onSend={async (filled) => {
        const params = { path: { org_id: orgId }, header: { "Idempotency-Key": filled.key } };
        const body = { name: text.way[kind], server: serverOf(kind, filled), api_key: filled.text("api_key") };
        const created = unwrap(await http.POST("/v1/orgs/{org_id}/networks", { params, body }));
        onCreated(created);
        const path = { org_id: orgId, network_id: created.network.id };
        // What comes of it stands beside the connection, also that it could not be tried.
        await http.POST("/v1/orgs/{org_id}/networks/{network_id}/test", { params: { path } });
        await queries.invalidateQueries({ queryKey: [orgId, "networks"] });
      }}
    >
      <p>{text.connectIntro}</p>
      {kind === "things_stack" ? <ThingsStackFields timeZone={timeZone} /> : <ChirpstackFields />}
      <ApiKeyField kind={kind} />
    </Form>
  );
}
