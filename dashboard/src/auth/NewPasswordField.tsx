import { useState, type ChangeEvent } from "react";
import { PasswordField } from "../design/Form";
import { Icon } from "../design/Icon";
import { strings } from "../i18n/strings";
import styles from "./NewPasswordField.module.css";
import { SHORTEST, strengthOf, type Strength } from "./strength";

const text = strings.passwordStrength;

/** How many of the bars are filled. */
const BARS: Record<Strength, number> = { tooShort: 1, weak: 2, fair: 3, good: 4 };

interface NewPasswordFieldProps {
  readonly label: string;
  /** What is known of the person: words that are tried first. */
  readonly known?: readonly string[];
  /** Fields of the same form that tell more of that. */
  readonly knownFields?: readonly string[];
}

/** A password to be chosen, with what can be said of it while it is typed. Whether it is good enough the server says. */
export function NewPasswordField({ label, known = [], knownFields = [] }: NewPasswordFieldProps) {
  const [strength, setStrength] = useState<Strength>();
  const judge = ({ currentTarget: { value, form } }: ChangeEvent<HTMLInputElement>): void => {
    const filled = form === null ? undefined : new FormData(form);
    const words = knownFields.map((name) => String(filled?.get(name) ?? ""));
    setStrength(value === "" ? undefined : strengthOf(value, [...known, ...words]));
  };
  return (
    <div className={styles.field}>
      <PasswordField
        label={label}
        name="password"
        hint={strings.person.passwordHint}
        autoComplete="new-password"
        onChange={judge}
      />
      <div className={styles.strength} data-strength={strength}>
        <div className={styles.bars} aria-hidden="true">
          {[1, 2, 3, 4].map((bar) => (
            <span key={bar} data-filled={strength !== undefined && bar <= BARS[strength]} />
          ))}
        </div>
        {/* It changes with the verdict and not with every key, so that it can be listened to. */}
        <p role="status">
          {strength !== undefined && (
            <>
              <Icon name={strength === "good" ? "check" : "watch"} />
              {strength === "tooShort" ? text.tooShort(SHORTEST) : text[strength]}
            </>
          )}
        </p>
      </div>
    </div>
  );
}
