import { Field } from "../design/Form";
import { strings } from "../i18n/strings";

/** Six digits of an authenticator. */
export function CodeField({ label }: { label: string }) {
  return (
    <Field
      label={label}
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="\s*(\d\s*){6}"
      title={strings.form.sixDigits}
      required
    />
  );
}
