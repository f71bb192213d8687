import { strings } from "../i18n/strings";
import { Field, type FieldErrors, type Filled } from "./Form";

const NAME = "typed";

/** Has somebody type what they are about to lose, so that it is that and not what stands beside it. */
export function TypeToConfirm({ expected }: { expected: string }) {
  return (
    <Field
      label={strings.form.typeToConfirm(expected)}
      name={NAME}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      required
    />
  );
}

/** For a form with `TypeToConfirm`: that it was typed. Blanks around it do not count, nor how its letters are composed. */
export function checkTyped(expected: string): (filled: Filled) => FieldErrors {
  const same = (text: string) => text.normalize().trim();
  return (filled) => (same(filled.text(NAME)) === same(expected) ? {} : { [NAME]: strings.form.notTyped(expected) });
}
