import type { UnitSnapshot } from "../api/types";
import { formatTemperatureWithUnit } from "../design/format";
import { Icon, type IconName } from "../design/Icon";
import { useTemperatureUnit } from "../design/temperature-unit";
import { strings } from "../i18n/strings";
import styles from "./UnitFacts.module.css";

/** What else is known of a unit: its limits, door, humidity and battery. */
export function UnitFacts({ unit }: { unit: UnitSnapshot }) {
  const display = useTemperatureUnit();
  const range = strings.unit.range(
    formatTemperatureWithUnit(unit.low_c, display),
    formatTemperatureWithUnit(unit.high_c, display),
  );
  return (
    <ul className={styles.facts}>
      <li>{range}</li>
      {unit.door != null && (
        <Fact
          icon={unit.door === "open" ? "doorOpen" : "doorClosed"}
          text={unit.door === "open" ? strings.unit.doorOpen : strings.unit.doorClosed}
        />
      )}
      {unit.humidity_percent != null && <Fact icon="humidity" text={strings.unit.humidity(unit.humidity_percent)} />}
      {unit.battery_percent != null && <Fact icon="battery" text={strings.unit.battery(unit.battery_percent)} />}
    </ul>
  );
}

function Fact({ icon, text }: { icon: IconName; text: string }) {
  return (
    <li>
      <Icon name={icon} />
      {text}
    </li>
  );
}
