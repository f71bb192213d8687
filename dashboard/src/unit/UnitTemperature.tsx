import { useState } from "react";
import type { UnitSnapshot } from "../api/types";
import { MeasuredAge } from "../design/Age";
import { formatTemperature } from "../design/format";
import { useTemperatureUnit } from "../design/temperature-unit";
import { strings } from "../i18n/strings";
import styles from "./UnitTemperature.module.css";

/** The newest temperature of a unit with its age. */
export function UnitTemperature({ unit }: { unit: UnitSnapshot }) {
  const display = useTemperatureUnit();
  const [seenFirst] = useState(unit.measured_at);
  if (unit.temperature_c == null || unit.measured_at == null) {
    return <p className={styles.none}>{strings.unit.noTemperature}</p>;
  }
  return (
    <p className={styles.line}>
      <span
        // A new element for each measurement, so that its arrival shows. What was there before did not arrive.
        key={unit.measured_at}
        className={unit.measured_at === seenFirst ? styles.value : `${styles.value} ${styles.changed}`}
        data-temperature-c={unit.temperature_c}
      >
        {formatTemperature(unit.temperature_c, display)}
        <span className={styles.unit}>{`\u00a0°${display}`}</span>
      </span>
      <MeasuredAge at={unit.measured_at} />
    </p>
  );
}
