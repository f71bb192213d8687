import { useEffect, useId, useRef, type ReactNode, type RefObject } from "react";
import { strings } from "../i18n/strings";
import styles from "./Panel.module.css";

interface PanelProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** A page with one thing to do. */
export function PanelPage({ title, children }: PanelProps) {
  const heading = useHeading(title);
  return (
    <main className={styles.page}>
      <p className={styles.product}>{strings.product}</p>
      <div className={styles.panel}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </div>
    </main>
  );
}

/** One matter of a page with several. */
export function Panel({ title, children }: PanelProps) {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/** Names the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${strings.product}`;
  }, [title]);
}

/** Names the browser's tab, and gives the page's heading the focus: what is new begins there. */
export function useHeading(title: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(title);
  useEffect(() => heading.current?.focus(), [title]);
  return heading;
}
