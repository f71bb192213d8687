import { Link } from "@tanstack/react-router";
import type { SensorView, SiteView, UnitView } from "../api/types";
import { useMembership, useSession } from "../app/session";
import { formatTemperatureWithUnit } from "../design/format";
import { Notice } from "../design/Notice";
import { Panel } from "../design/Panel";
import { useTemperatureUnit } from "../design/temperature-unit";
import { strings } from "../i18n/strings";
import { useUnit } from "../live/hooks";
import { Connect } from "../networks/Connect";
import { UnitTemperature } from "../unit/UnitTemperature";
import styles from "./setup.module.css";

const text = strings.setup;

interface SetUpProps {
  readonly site: SiteView;
  readonly unit: UnitView;
  readonly sensors: readonly SensorView[];
}

/** Everything is set up here. What is left is that the sensor is heard: its network server has to know it, and us. */
export function SetUp({ site, unit, sensors }: SetUpProps) {
  const { orgId } = useSession();
  const display = useTemperatureUnit();
  const mayManageDevices = useMembership()?.rights.includes("manage_devices") ?? false;
  const now = useUnit(unit.id);
  const degrees = (celsius: number) => formatTemperatureWithUnit(celsius, display);
  const sensor = sensors.find(({ unit_id }) => unit_id === unit.id) ?? sensors[0];
  const reports = now?.temperature_c != null;
  return (
    <>
      <Panel title={unit.name}>
        <p>{text.limits(degrees(unit.now.low_c), degrees(unit.now.high_c))}</p>
        <div role="status">
          {reports ? (
            <Notice tone="ok">{text.reports}</Notice>
          ) : (
            <p>{sensor === undefined ? text.waiting : text.waitingFor(sensor.name)}</p>
          )}
        </div>
        {reports && <UnitTemperature unit={now} />}
        <p className={styles.actions}>
          <Link to="/orgs/$orgId" params={{ orgId }}>
            {text.toOverview}
          </Link>
          <Link to="/orgs/$orgId/people" params={{ orgId }}>
            {text.toPeople}
          </Link>
        </p>
      </Panel>
      {!reports && sensor !== undefined && mayManageDevices && <Connect sensor={sensor} timeZone={site.time_zone} />}
    </>
  );
}
