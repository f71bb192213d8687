import type { UnitSnapshot } from "../api/types";
import { formatDateTime, formatTemperatureWithUnit } from "../design/format";
import { Icon, type IconName } from "../design/Icon";
import { useTemperatureUnit } from "../design/temperature-unit";
import { strings } from "../i18n/strings";
import styles from "./UnitFacts.module.css";

/** Below this a battery should be replaced soon, in percent. */
const BATTERY_LOW = 20;

interface UnitFactsProps {
  readonly unit: UnitSnapshot;
  /** Also what is in order and asks nothing of anybody. */
  readonly complete?: boolean;
}

/** What else is known of a unit: its limits, door, humidity and battery. */
export function UnitFacts({ unit, complete = false }: UnitFactsProps) {
  const display = useTemperatureUnit();
  const battery = unit.battery_percent;
  const batteryIsLow = battery != null && battery < BATTERY_LOW;
  const range = strings.unit.range(
    formatTemperatureWithUnit(unit.low_c, display),
    formatTemperatureWithUnit(unit.high_c, display),
  );
  return (
    <ul className={styles.facts}>
      <li>{range}</li>
      {unit.silence != null && unit.silence !== unit.status && (
        <Fact icon={unit.silence === "manual_required" ? "log" : "offline"} text={strings.silence[unit.silence]} attention />
      )}
      {unit.log_due_at != null && <Fact icon="log" text={strings.unit.logDue(formatDateTime(unit.log_due_at))} />}
      {unit.door != null && (
        <Fact
          icon={unit.door === "open" ? "doorOpen" : "doorClosed"}
          text={unit.door === "open" ? strings.unit.doorOpen : strings.unit.doorClosed}
        />
      )}
      {unit.humidity_percent != null && <Fact icon="humidity" text={strings.unit.humidity(unit.humidity_percent)} />}
      {battery != null && (batteryIsLow || complete) && (
        <Fact
          icon="battery"
          text={batteryIsLow ? strings.unit.batteryLow(battery) : strings.unit.battery(battery)}
          attention={batteryIsLow}
        />
      )}
    </ul>
  );
}

function Fact({ icon, text, attention = false }: { icon: IconName; text: string; attention?: boolean }) {
  return (
    <li data-attention={attention}>
      <Icon name={icon} />
      {text}
    </li>
  );
}
