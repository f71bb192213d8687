import { Link } from "@tanstack/react-router";
import type { UnitView } from "../api/types";
import { useSession } from "../app/session";
import { formatTemperatureWithUnit } from "../design/format";
import { Notice } from "../design/Notice";
import { useTemperatureUnit } from "../design/temperature-unit";
import { strings } from "../i18n/strings";
import styles from "./setup.module.css";

const text = strings.setup;

/** The first unit is set up. */
export function SetUp({ unit }: { unit: UnitView }) {
  const { orgId } = useSession();
  const display = useTemperatureUnit();
  const degrees = (celsius: number) => formatTemperatureWithUnit(celsius, display);
  return (
    <>
      <Notice tone="ok">
        <p>{text.ready(unit.name)}</p>
        <p>{text.limits(degrees(unit.now.low_c), degrees(unit.now.high_c))}</p>
      </Notice>
      <p className={styles.actions}>
        <Link to="/orgs/$orgId" params={{ orgId }}>
          {text.toOverview}
        </Link>
      </p>
    </>
  );
}
