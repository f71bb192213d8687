import { Field } from "../design/Form";
import { strings } from "../i18n/strings";

const text = strings.networks;

/** Hexadecimal digits as they are printed, with or without what separates them. */
const digits = (count: number) => ({
  pattern: `\\s*([0-9A-Fa-f][\\s:.\\-]*){${count}}`,
  autoCapitalize: "characters",
  autoComplete: "off",
  spellCheck: false,
});

/** Whom a sensor asks to be let in. */
export function JoinEuiField() {
  return (
    <Field label={text.joinEui} hint={text.joinEuiHint} name="join_eui" title={text.noJoinEui} {...digits(16)} required />
  );
}

/** The key that a sensor and its network share from the factory on. */
export function AppKeyField({ optional = false }: { optional?: boolean }) {
  return (
    <Field
      label={optional ? text.appKeyOptional : text.appKey}
      hint={optional ? text.appKeyOptionalHint : text.appKeyHint}
      name="app_key"
      title={text.noAppKey}
      {...digits(32)}
      required={!optional}
    />
  );
}
