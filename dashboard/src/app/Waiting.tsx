import { strings } from "../i18n/strings";

/** Something is on its way. */
export function Waiting() {
  return <p role="status">{strings.loading}</p>;
}
