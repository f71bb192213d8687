import { createContext, use, useEffect, useId, useRef, useState, type ComponentProps, type FormEvent, type ReactNode } from "react";
import { ApiError, newIdempotencyKey } from "../api/http";
import { strings } from "../i18n/strings";
import { explain } from "../i18n/explain";
import { Button } from "./Button";
import styles from "./Form.module.css";
import { Icon } from "./Icon";

/** What is wrong with fields, by their names. */
export type FieldErrors = Readonly<Record<string, string>>;

/** A form as it was filled in. */
export interface Filled {
  /** What stands in a text field, without the blanks around it. */
  text(name: string): string;
  /** What stands in a field that is taken as it was typed, such as a password. */
  verbatim(name: string): string;
  /** Every value of fields of this name. */
  all(name: string): string[];
  /** For `Idempotency-Key`: the same until something else is filled in, so that pressing again creates nothing twice. */
  readonly key: string;
}

interface FormProps {
  readonly children: ReactNode;
  /** What the button says. */
  readonly action: string;
  /** Takes what was filled in. Rejected, it is told beside the field it is about, or above the form. */
  readonly onSend: (filled: Filled) => Promise<void>;
  /** What is wrong before anything is sent, beyond what the fields themselves demand. */
  readonly check?: (filled: Filled) => FieldErrors;
  /** What stands beside the button. */
  readonly beside?: ReactNode;
  /** For buttons that undo or remove. */
  readonly tone?: ComponentProps<typeof Button>["tone"];
  readonly label?: string;
}

const ErrorsContext = createContext<FieldErrors>({});

/** Fields and a button. What is wrong is told at once beside its field, and the first such field has the focus. */
export function Form({ children, action, onSend, check, beside, tone = "primary", label }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const alert = useRef<HTMLParagraphElement>(null);
  const sent = useRef<{ readonly content: string; readonly key: string }>(undefined);
  const [errors, setErrors] = useState<FieldErrors>({});
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    const first = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    if (first) first.focus();
    else if (problem !== undefined) alert.current?.focus();
  }, [errors, problem]);

  const send = async (filled: Filled): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await onSend(filled);
      sent.current = undefined;
      setErrors({});
    } catch (error) {
      const field = error instanceof ApiError ? error.field : undefined;
      if (field !== undefined && form.current?.elements.namedItem(field)) {
        setErrors({ [field]: explain(error) });
      } else {
        setErrors({});
        setProblem(explain(error));
      }
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (busy) return;
    const data = new FormData(event.currentTarget);
    const content = JSON.stringify([...data]);
    if (sent.current?.content !== content) sent.current = { content, key: newIdempotencyKey() };
    const filled = filledIn(data, sent.current.key);
    const wrong = { ...check?.(filled), ...demanded(event.currentTarget) };
    setErrors(wrong);
    if (Object.keys(wrong).length === 0) void send(filled);
    else setProblem(undefined);
  };

  return (
    <form ref={form} noValidate className={styles.form} aria-label={label} onSubmit={submit}>
      <p ref={alert} role="alert" tabIndex={-1} className={styles.problem}>
        {problem}
      </p>
      <ErrorsContext value={errors}>{children}</ErrorsContext>
      <div className={styles.actions}>
        <Button type="submit" tone={tone} busy={busy}>
          {action}
        </Button>
        {beside}
      </div>
    </form>
  );
}

function filledIn(data: FormData, key: string): Filled {
  const verbatim = (name: string) => String(data.get(name) ?? "");
  return {
    key,
    verbatim,
    text: (name) => verbatim(name).trim(),
    all: (name) => data.getAll(name).map(String),
  };
}

/** What the fields themselves demand: that they are filled in, and with what they are for. */
function demanded(form: HTMLFormElement): FieldErrors {
  const wrong: Record<string, string> = {};
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) continue;
    const isBlank = field.required && field.value.trim() === "";
    if (field.name === "" || (field.validity.valid && !isBlank)) continue;
    if (isBlank) wrong[field.name] = strings.form.missing;
    else if (field.validity.typeMismatch) wrong[field.name] = strings.form.email;
    else wrong[field.name] = field.title || strings.form.invalid;
  }
  return wrong;
}

interface Described {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
}

interface FieldFrameProps {
  readonly label: string;
  readonly name: string;
  readonly hint?: string | undefined;
  readonly children: (described: Described) => ReactNode;
}

/** A label above a field, what helps to fill it in, and what is wrong with it. */
function FieldFrame({ label, name, hint, children }: FieldFrameProps) {
  const id = useId();
  const error = use(ErrorsContext)[name];
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {children({
        id,
        "aria-describedby": described === "" ? undefined : described,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {error !== undefined && <FieldError id={`${id}-error`}>{error}</FieldError>}
    </div>
  );
}

function FieldError({ id, children }: { id: string; children: string }) {
  return (
    <p id={id} className={styles.error}>
      <Icon name="watch" />
      {children}
    </p>
  );
}

type FieldProps = Omit<FieldFrameProps, "children"> & Omit<ComponentProps<"input">, "id" | "children">;

/** A line of text to be typed. */
export function Field({ label, name, hint, ...input }: FieldProps) {
  return (
    <FieldFrame label={label} name={name} hint={hint}>
      {(described) => <input type="text" {...input} {...described} name={name} className={styles.input} />}
    </FieldFrame>
  );
}

/** A password, which can be looked at while it is typed. */
export function PasswordField({ label, name, hint, ...input }: FieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <FieldFrame label={label} name={name} hint={hint}>
      {(described) => (
        <div className={styles.password}>
          <input
            required
            {...input}
            {...described}
            name={name}
            type={shown ? "text" : "password"}
            spellCheck={false}
            autoCapitalize="none"
            className={styles.input}
          />
          <Button aria-pressed={shown} onClick={() => setShown(!shown)}>
            {shown ? strings.form.hide : strings.form.show}
            <span className="visually-hidden"> {label}</span>
          </Button>
        </div>
      )}
    </FieldFrame>
  );
}

type SelectFieldProps = Omit<FieldFrameProps, "children"> &
  Omit<ComponentProps<"select">, "id" | "children"> & {
    /** What there is to choose: values and their names. */
    readonly options: readonly (readonly [value: string, name: string])[];
  };

/** One of a few. */
export function SelectField({ label, name, hint, options, ...select }: SelectFieldProps) {
  return (
    <FieldFrame label={label} name={name} hint={hint}>
      {(described) => (
        <select {...select} {...described} name={name} className={styles.input}>
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}

interface ChoicesProps {
  readonly legend: string;
  readonly name: string;
  readonly type: "radio" | "checkbox";
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly chosen?: readonly string[];
  readonly onChange?: (value: string) => void;
}

/** A few to choose from, all of them in sight. */
export function Choices({ legend, name, type, options, chosen = [], onChange }: ChoicesProps) {
  const id = useId();
  const error = use(ErrorsContext)[name];
  return (
    <fieldset className={styles.choices} aria-describedby={error === undefined ? undefined : `${id}-error`}>
      <legend>{legend}</legend>
      {options.map(([value, text]) => (
        <label key={value}>
          <input
            type={type}
            name={name}
            value={value}
            defaultChecked={chosen.includes(value)}
            aria-invalid={error === undefined ? undefined : true}
            onChange={() => onChange?.(value)}
          />
          {text}
        </label>
      ))}
      {error !== undefined && <FieldError id={`${id}-error`}>{error}</FieldError>}
    </fieldset>
  );
}
