import { Icon } from "../design/Icon";
import { strings } from "../i18n/strings";
import { STEPS, type Step } from "./progress";
import styles from "./setup.module.css";

const text = strings.setup;

/** Where one is on the way, in words and not by colour alone. */
export function Steps({ current }: { current: Step }) {
  const at = current === "done" ? STEPS.length : STEPS.indexOf(current);
  return (
    <ol className={styles.steps} aria-label={text.steps}>
      {STEPS.map((step, index) => (
        <li key={step} aria-current={index === at ? "step" : undefined} data-done={index < at}>
          {index < at ? <Icon name="check" /> : `${index + 1}. `}
          {text.step[step]}
          {index < at && <span className="visually-hidden"> {text.done}</span>}
        </li>
      ))}
    </ol>
  );
}
