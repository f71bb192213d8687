import { strings } from "../i18n/strings";
import { useTimeText } from "../live/hooks";
import styles from "./Age.module.css";
import { formatAge, isStale } from "./format";
import { Icon } from "./Icon";

/** How long ago, counting up, in whatever words surround it. */
export function Age({ at, text }: { at: string; text: (age: string) => string }) {
  return <time dateTime={at}>{useTimeText((now) => text(formatAge(at, now)))}</time>;
}

/** How long ago something was measured, and whether that is too long. */
export function MeasuredAge({ at }: { at: string }) {
  const stale = useTimeText((now) => (isStale(at, now) ? "stale" : "")) !== "";
  return (
    <span className={styles.measured} data-stale={stale}>
      <Icon name={stale ? "watch" : "clock"} />
      <Age at={at} text={stale ? strings.age.stale : strings.age.ago} />
    </span>
  );
}
