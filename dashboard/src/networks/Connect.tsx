import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { unwrap } from "../api/http";
import type { NetworkView, NewNetwork, SensorView } from "../api/types";
import { useMembership, useSession } from "../app/session";
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
}

/**
 * How frames of the sensor come here: through a connection to its network server, where it is registered by us, or as
 * somebody has set it up by hand. What is shown follows from what there is, as in the steps before.
 */
export function Connect({ sensor, timeZone }: ConnectProps) {
  return (
    <Networks>
      {(networks, choice) =>
        networks.length === 0 ? choice(timeZone) : <Registration sensor={sensor} networks={networks} />
      }
    </Networks>
  );
}

interface NetworksProps {
  /** What follows the connections; `choice` is how another one is made, for a place in that time zone. */
  readonly children: (networks: readonly NetworkView[], choice: (timeZone: string) => ReactNode) => ReactNode;
}

/** The connections to network servers. */
export function Networks({ children }: NetworksProps) {
  const session = useSession();
  const rights = useMembership()?.rights ?? [];
  const networks = useQuery(networksQuery(session));
  // The secret of a webhook is shown once: it is nowhere but on this page, until it is left.
  const [drawn, setDrawn] = useState<NewNetwork>();
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
  const ways = [
    ...(rights.includes("manage_networks") ? (["things_stack", "chirpstack"] as const) : []),
    ...(rights.includes("manage_access_keys") ? (["by_hand"] as const) : []),
  ];
  return (
    <>
      {networks.data.map((network) => (
        <Connection
          key={network.id}
          network={network}
          mayManage={rights.includes("manage_networks")}
          secret={drawn?.network.id === network.id ? drawn.webhook_secret : undefined}
          onDrawn={setDrawn}
        />
      ))}
      {children(networks.data, (timeZone) =>
        ways.length === 0 ? null : (
          // Another choice once it is made.
          <Choice key={networks.data.length} ways={ways} timeZone={timeZone} onCreated={setDrawn} />
        ),
      )}
    </>
  );
}

interface ChoiceProps {
  readonly ways: readonly (ServerKind | "by_hand")[];
  readonly timeZone: string;
  readonly onCreated: (created: NewNetwork) => void;
}

/** Which network server hears the sensors. */
function Choice({ ways, timeZone, onCreated }: ChoiceProps) {
  const [way, setWay] = useState<string>();
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
