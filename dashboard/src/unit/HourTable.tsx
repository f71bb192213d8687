import { formatClock, formatTemperature, type TemperatureUnit } from "../design/format";
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
  const degrees = (celsius: number) => formatTemperature(celsius, display);
  return (
    <div className={styles.hours}>
      <p id="hours-title" className={styles.title}>
        {strings.trace.tableTitle}. {strings.trace.tableNotes(`°${display}`, timeZone)}
      </p>
      <div className={styles.scroll} tabIndex={0} role="region" aria-labelledby="hours-title">
        <table className={styles.table} aria-labelledby="hours-title">
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
    </div>
  );
}
