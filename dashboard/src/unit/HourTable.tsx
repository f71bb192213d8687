import { formatClock, formatTemperatureWithUnit, type TemperatureUnit } from "../design/format";
import { strings } from "../i18n/strings";
import styles from "./HourTable.module.css";
import { byHour, type Point } from "./points";

interface HourTableProps {
  readonly points: readonly Point[];
  readonly display: TemperatureUnit;
  readonly timeZone: string;
}

/** The figures of a trace, hour by hour. */
export function HourTable({ points, display, timeZone }: HourTableProps) {
  const degrees = (celsius: number) => formatTemperatureWithUnit(celsius, display);
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={strings.trace.tableTitle}>
      <table className={styles.table}>
        <caption>
          {strings.trace.tableTitle}. {strings.trace.timeZone(timeZone)}.
        </caption>
        <thead>
          <tr>
            <th scope="col">{strings.trace.hour}</th>
            <th scope="col">{strings.trace.lowest}</th>
            <th scope="col">{strings.trace.highest}</th>
            <th scope="col">{strings.trace.average}</th>
            <th scope="col">{strings.trace.count}</th>
          </tr>
        </thead>
        <tbody>
          {byHour(points).map((hour) => (
            <tr key={hour.at}>
              <th scope="row">{formatClock(hour.at, timeZone)}</th>
              <td>{degrees(hour.low)}</td>
              <td>{degrees(hour.high)}</td>
              <td>{degrees(hour.mean)}</td>
              <td>{hour.count}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
