import { PasswordField } from "../design/Form";
import { strings } from "../i18n/strings";
import type { ServerKind } from "./ServerFields";

const text = strings.networks;

/** What opens the network server. It is a secret, and no password of a person's. */
export function ApiKeyField({ kind }: { kind: ServerKind }) {
  return <PasswordField label={text.apiKey} hint={text.apiKeyHint[kind]} name="api_key" autoComplete="off" />;
}
