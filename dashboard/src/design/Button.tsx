import type { ComponentProps } from "react";
import { strings } from "../i18n/strings";
import styles from "./Button.module.css";

interface ButtonProps extends ComponentProps<"button"> {
  /** How much it stands out: the one thing to do, one of several, or what takes something away. */
  readonly tone?: "primary" | "plain" | "danger";
  /** Whether it is at work. It keeps the focus, and pressing it does nothing. */
  readonly busy?: boolean;
}

export function Button({ tone = "plain", busy = false, children, onClick, ...button }: ButtonProps) {
  return (
    <button
      type="button"
      {...button}
      className={styles.button}
      data-tone={tone}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? strings.working : children}
    </button>
  );
}
