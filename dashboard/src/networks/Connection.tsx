import { useMutation } from "@tanstack/react-query";
import { check, unwrap } from "../api/http";
import type { NetworkTest, NetworkView, NewNetwork, Server } from "../api/types";
import { useSession } from "../app/session";
import { Button } from "../design/Button";
import { Confirm } from "../design/Confirm";
import { Form } from "../design/Form";
import { formatDateTime } from "../design/format";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { explain } from "../i18n/explain";
import { strings } from "../i18n/strings";
import { ApiKeyField } from "./ApiKeyField";
import styles from "./networks.module.css";
import { WebhookFacts } from "./Webhook";

const text = strings.networks;

interface ConnectionProps {
  readonly network: NetworkView;
  readonly mayManage: boolean;
  /** The secret of its webhook, while it can be shown. */
  readonly secret: string | undefined;
  /** A secret was drawn, which can be shown this once. */
  readonly onDrawn: (drawn: NewNetwork) => void;
}

/** A connection to a network server: whether it works, and what the server has to be told. */
export function Connection({ network, mayManage, secret, onDrawn }: ConnectionProps) {
  const { http, orgId, queries } = useSession();
  const path = { org_id: orgId, network_id: network.id };
  const reread = () => queries.invalidateQueries({ queryKey: [orgId, "networks"] });
  const test = useMutation({
    mutationFn: async () => unwrap(await http.POST("/v1/orgs/{org_id}/networks/{network_id}/test", { params: { path } })),
    onSettled: reread,
  });
  return (
    <Panel title={network.name}>
      <p>{whereIs(network.server)}</p>
      <p className={styles.quiet}>{text.keyEnding(network.api_key_last4, formatDateTime(network.api_key_set_at))}</p>
      {network.last_test != null && <TestResult test={network.last_test} />}
      {test.isError && <Notice tone="watch">{explain(test.error)}</Notice>}
      {mayManage && (
        <div className={styles.actions}>
          <Button tone="primary" busy={test.isPending} onClick={() => test.mutate()}>
            {text.test}
          </Button>
          <Confirm
            label={text.changeKey}
            title={text.changeKey}
            tone="primary"
            onConfirm={async (filled) => {
              const params = { path, header: { "Idempotency-Key": filled.key } };
              const body = { api_key: filled.text("api_key") };
              unwrap(await http.POST("/v1/orgs/{org_id}/networks/{network_id}/key-rotation", { params, body }));
              await reread();
            }}
          >
            <p>{text.changeKeyText}</p>
            <ApiKeyField kind={network.server.kind} />
          </Confirm>
          <Confirm
            label={text.remove}
            of={network.name}
            title={text.removeTitle(network.name)}
            onConfirm={async () => {
              check(await http.DELETE("/v1/orgs/{org_id}/networks/{network_id}", { params: { path } }));
              await reread();
            }}
          >
            <p>{text.removeText}</p>
          </Confirm>
        </div>
      )}
      <WebhookState network={network} mayManage={mayManage} secret={secret} onDrawn={onDrawn} />
    </Panel>
  );
}

/** Whether the server sends its messages here; where it could not be told to, what somebody has to tell it. */
function WebhookState({ network, mayManage, secret, onDrawn }: ConnectionProps) {
  const { http, orgId, queries } = useSession();
  const { path, set_up } = network.webhook;
  if (set_up?.result === "registered") return <Notice tone="ok">{text.webhookRegistered}</Notice>;
  return (
    <>
      {set_up != null && (
        <Notice tone="watch">
          <p>{text.webhookResult[set_up.result]}</p>
          {set_up.detail != null && <p>{set_up.detail}</p>}
        </Notice>
      )}
      <p>{text.tellServer}</p>
      <WebhookFacts addresses={[[text.sendTo, path]]} secret={secret}>
        {mayManage && (
          <Form
            action={text.newSecret}
            tone="plain"
            onSend={async (filled) => {
              const params = {
                path: { org_id: orgId, network_id: network.id },
                header: { "Idempotency-Key": filled.key },
              };
              const rotation = await http.POST("/v1/orgs/{org_id}/networks/{network_id}/webhook-rotation", { params, body: {} });
              onDrawn(unwrap(rotation));
              await queries.invalidateQueries({ queryKey: [orgId, "networks"] });
            }}
          >
            <p>{text.keyGone}</p>
          </Form>
        )}
      </WebhookFacts>
    </>
  );
}

function TestResult({ test: { at, result, detail } }: { test: NetworkTest }) {
  return (
    <Notice tone={result === "working" ? "ok" : "watch"}>
      <p>{text.testResult[result]}</p>
      {result !== "working" && detail != null && <p>{detail}</p>}
      <p>{text.tested(formatDateTime(at))}</p>
    </Notice>
  );
}

/** Where a server is, and where in it the sensors are. */
function whereIs(server: Server): string {
  if (server.kind === "chirpstack") return text.applicationAt(server.application_id, server.base_url);
  const { address, application_id } = server;
  if ("base_url" in address) return text.applicationAt(application_id, address.base_url);
  if ("cloud" in address) return text.applicationAt(application_id, `${address.cloud.tenant} (${address.cloud.cluster})`);
  return text.applicationAt(application_id, address.sandbox);
}
