import { useId, useRef, useState, type ReactNode } from "react";
import { strings } from "../i18n/strings";
import { Button } from "./Button";
import styles from "./Confirm.module.css";
import { Form, type FieldErrors, type Filled } from "./Form";

interface ConfirmProps {
  /** What the button says that asks for it. */
  readonly label: string;
  /** What it is done to, for whoever does not see what stands beside the button. */
  readonly of?: string;
  readonly title: string;
  readonly children?: ReactNode;
  readonly tone?: "primary" | "danger";
  readonly check?: (filled: Filled) => FieldErrors;
  readonly onConfirm: (filled: Filled) => Promise<void>;
  /** What the button in the dialog says, if not what the first one does. */
  readonly action?: string;
}

/** A button for what is not done by accident: it opens a dialog that says what will happen, and asks what it needs. */
export function Confirm({ label, of, title, children, tone = "danger", check, onConfirm, action = label }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Asked again, it begins anew: neither a secret nor what was typed to confirm is left standing in it.
  const [round, setRound] = useState(0);
  const close = (): void => dialog.current?.close();
  return (
    <>
      <Button tone={tone === "danger" ? "danger" : "plain"} onClick={() => dialog.current?.showModal()}>
        {label}
        {of !== undefined && <span className="visually-hidden"> {of}</span>}
      </Button>
      <dialog ref={dialog} aria-labelledby={titleId} className={styles.dialog} onClose={() => setRound(round + 1)}>
        <h2 id={titleId}>{title}</h2>
        <Form
          key={round}
          action={action}
          {...(check === undefined ? {} : { check })}
          tone={tone}
          beside={<Button onClick={close}>{strings.cancel}</Button>}
          onSend={async (filled) => {
            await onConfirm(filled);
            close();
          }}
        >
          {children}
        </Form>
      </dialog>
    </>
  );
}
