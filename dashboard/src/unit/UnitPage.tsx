import { Link, useParams } from "@tanstack/react-router";
import type { UnitSnapshot } from "../api/types";
import { Age } from "../design/Age";
import { StatusBadge } from "../design/Badge";
import { formatTemperatureWithUnit } from "../design/format";
import { Icon } from "../design/Icon";
import { useHeading } from "../design/Panel";
import { useTemperatureUnit } from "../design/temperature-unit";
import { strings } from "../i18n/strings";
import { useUnit } from "../live/hooks";
import { useDirectory, type Place } from "../overview/directory";
import { HourTable } from "./HourTable";
import { rangeOf } from "./points";
import { TraceChart } from "./TraceChart";
import { UnitFacts } from "./UnitFacts";
import styles from "./UnitPage.module.css";
import { UnitTemperature } from "./UnitTemperature";
import { useTrace } from "./use-trace";

/** One unit: what it is like now, and its last 24 hours. */
export function UnitPage() {
  const { orgId, unitId } = useParams({ from: "/orgs/$orgId/units/$unitId" });
  const place = useDirectory().get(unitId);
  const unit = useUnit(unitId);
  return (
    <div className={styles.page}>
      <Link className={styles.back} to="/orgs/$orgId" params={{ orgId }}>
        <Icon name="back" />
        {strings.unit.back}
      </Link>
      {place === undefined || unit === undefined ? (
        <p role="alert">{strings.unit.notFound}</p>
      ) : (
        <UnitDetail key={unitId} place={place} unit={unit} />
      )}
    </div>
  );
}

function UnitDetail({ place, unit }: { place: Place; unit: UnitSnapshot }) {
  const { name, kind } = place.unit;
  const heading = useHeading(name);
  return (
    <article className={styles.detail} aria-labelledby="unit-name">
      <div className={styles.top}>
        <div>
          <h2 id="unit-name" ref={heading} tabIndex={-1}>
            {name}
          </h2>
          <p className={styles.quiet}>
            {strings.unitKind[kind]} · {place.siteName} · {place.areaName}
          </p>
        </div>
        <div className={styles.status}>
          <StatusBadge status={unit.status} />
          <span className={styles.quiet}>
            <Age at={unit.status_since} text={strings.unit.statusSince} />
          </span>
        </div>
      </div>
      <UnitTemperature unit={unit} />
      <UnitFacts unit={unit} complete />
      <Announcement name={name} unit={unit} />
      <Trace name={name} unit={unit} timeZone={place.timeZone} />
    </article>
  );
}

/** Tells people who do not see the page of each new reading, when they have nothing better to hear. */
function Announcement({ name, unit }: { name: string; unit: UnitSnapshot }) {
  const display = useTemperatureUnit();
  const temperature =
    unit.temperature_c == null ? strings.unit.noTemperature : formatTemperatureWithUnit(unit.temperature_c, display);
  return (
    <p className="visually-hidden" aria-live="polite">
      {strings.unit.announce(name, temperature, strings.status[unit.status])}
    </p>
  );
}

function Trace({ name, unit, timeZone }: { name: string; unit: UnitSnapshot; timeZone: string }) {
  const display = useTemperatureUnit();
  const { points, state, retry } = useTrace(unit.unit_id);
  const range = rangeOf(points);
  const degrees = (celsius: number) => formatTemperatureWithUnit(celsius, display);
  return (
    <section className={styles.trace} aria-labelledby="trace-title">
      <h3 id="trace-title">{strings.trace.title}</h3>
      {state === "loading" && <p role="status">{strings.loading}</p>}
      {state === "failed" && (
        <div role="alert">
          <p>{strings.trace.failed}</p>
          <button type="button" onClick={retry}>
            {strings.retry}
          </button>
        </div>
      )}
      {state === "ready" && range === undefined && <p>{strings.trace.none}</p>}
      {range !== undefined && (
        <>
          <TraceChart
            points={points}
            lowC={unit.low_c}
            highC={unit.high_c}
            display={display}
            timeZone={timeZone}
            label={strings.trace.describe(
              name,
              degrees(range.low),
              degrees(range.high),
              unit.temperature_c == null ? strings.unit.noTemperature : degrees(unit.temperature_c),
            )}
          />
          <HourTable points={points} display={display} timeZone={timeZone} />
        </>
      )}
    </section>
  );
}
