import { useState, type ReactNode } from "react";
import { apiUrl, unwrap } from "../api/http";
import { useSession } from "../app/session";
import { CopyButton } from "../design/CopyButton";
import { Form } from "../design/Form";
import { Notice } from "../design/Notice";
import { strings } from "../i18n/strings";
import styles from "./networks.module.css";

const text = strings.networks;

/** The network servers whose messages are understood, and where they send them. */
const ENDPOINTS = [
  ["The Things Stack", "things-stack"],
  ["ChirpStack", "chirpstack"],
] as const;

/** What to tell a network server that nobody has connected, by hand. */
export function Webhook() {
  const { http, orgId } = useSession();
  const [secret, setSecret] = useState<string>();
  return (
    <>
      <p>{text.webhookIntro}</p>
      <WebhookFacts
        addresses={ENDPOINTS.map(([name, path]) => [name, `/v1/orgs/${orgId}/ingest/${path}`] as const)}
        secret={secret}
      >
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
      </WebhookFacts>
    </>
  );
}

interface WebhookFactsProps {
  /** What each address is called, and its path below that of the API. */
  readonly addresses: readonly (readonly [name: string, path: string])[];
  /** The access key to send along, while it can be shown. */
  readonly secret: string | undefined;
  /** What to do while it cannot. */
  readonly children: ReactNode;
}

/** Where a network server sends frames, and by which header it is let in. */
export function WebhookFacts({ addresses, secret, children }: WebhookFactsProps) {
  return (
    <>
      <dl className={styles.facts}>
        {addresses.map(([name, path]) => (
          <div key={path}>
            <dt>{name}</dt>
            <dd>
              <code>{`${apiUrl()}${path}`}</code>
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
        children
      ) : (
        <>
          <Notice tone="watch">{text.keyOnce}</Notice>
          <div className={styles.actions}>
            <CopyButton text={secret} label={text.copyKey} />
          </div>
        </>
      )}
    </>
  );
}
