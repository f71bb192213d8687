import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Icon } from "../design/Icon";
import { useHeading } from "../design/Panel";
import { strings } from "../i18n/strings";
import styles from "./PersonPage.module.css";

/** A page about whoever is signed in, and about no organization. */
export function PersonPage({ title, children }: { title: string; children: ReactNode }) {
  const heading = useHeading(title);
  return (
    <main className={styles.page}>
      <Link to="/" className={styles.back}>
        <Icon name="back" />
        {strings.product}
      </Link>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </main>
  );
}
