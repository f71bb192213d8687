import type { ReactNode } from "react";
import { Icon } from "./Icon";
import styles from "./Notice.module.css";

interface NoticeProps {
  readonly tone: "ok" | "watch";
  readonly children: ReactNode;
}

/** Something to be told at once: that it went well, or that it did not. */
export function Notice({ tone, children }: NoticeProps) {
  return (
    <div role={tone === "ok" ? "status" : "alert"} className={styles.notice} data-tone={tone}>
      <Icon name={tone === "ok" ? "check" : "watch"} />
      <div>{children}</div>
    </div>
  );
}
