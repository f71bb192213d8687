import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { forgetAccess } from "../api/access";
import { Badge, type Tone } from "../design/Badge";
import { Button } from "../design/Button";
import type { IconName } from "../design/Icon";
import { useChooseTemperatureUnit, useTemperatureUnit } from "../design/temperature-unit";
import { strings } from "../i18n/strings";
import { useConnection } from "../live/hooks";
import type { ConnectionStatus } from "../live/store";
import { sectionsFor } from "../settings/sections";
import styles from "./Header.module.css";
import { useMembership, useSession } from "./session";

const OrganizationSwitcher = lazy(() =>
  import("../organization/OrganizationSwitcher").then((module) => ({ default: module.OrganizationSwitcher })),
);

/** Which organization is shown, whether what is shown is live, and where else to go. */
export function Header({ organization }: { organization: string | undefined }) {
  const { orgId, byKey } = useSession();
  const membership = useMembership();
  const maySetUp = membership?.rights.includes("manage_places") ?? false;
  const maySet = sectionsFor(membership).length > 0;
  return (
    <header className={styles.header}>
      <div className={styles.names}>
        <p className={styles.product}>{strings.product}</p>
        <h1>{organization ?? "…"}</h1>
      </div>
      <Connection />
      <TemperatureUnitSwitch />
      {byKey ? (
        <Leave />
      ) : (
        <>
          <Suspense>
            <OrganizationSwitcher orgId={orgId} />
          </Suspense>
          <nav aria-label={strings.navigation.label} className={styles.navigation}>
            <Link to="/orgs/$orgId" params={{ orgId }} activeOptions={{ exact: true }}>
              {strings.navigation.overview}
            </Link>
            <Link to="/orgs/$orgId/people" params={{ orgId }}>
              {strings.navigation.people}
            </Link>
            {maySetUp && (
              <Link to="/orgs/$orgId/setup" params={{ orgId }}>
                {strings.navigation.setUp}
              </Link>
            )}
            {maySet && (
              <Link to="/orgs/$orgId/settings" params={{ orgId }}>
                {strings.settings.title}
              </Link>
            )}
            <Link to="/profile">{strings.navigation.profile}</Link>
          </nav>
        </>
      )}
    </header>
  );
}

/** Ends what an access key let this tab see. */
function Leave() {
  const navigate = useNavigate();
  const leave = (): void => {
    forgetAccess();
    void navigate({ to: "/sign-in" });
  };
  return <Button onClick={leave}>{strings.access.leave}</Button>;
}

const OF_CONNECTION: Record<ConnectionStatus, [Tone, IconName]> = {
  connecting: ["neutral", "pending"],
  live: ["ok", "live"],
  reconnecting: ["watch", "recovering"],
  offline: ["alarm", "offline"],
};

function Connection() {
  const connection = useConnection();
  const [tone, icon] = OF_CONNECTION[connection];
  return (
    <div role="status" data-connection={connection}>
      <Badge tone={tone} icon={icon}>
        {strings.connection[connection]}
      </Badge>
    </div>
  );
}

function TemperatureUnitSwitch() {
  const choose = useChooseTemperatureUnit();
  const chosen = useTemperatureUnit();
  return (
    <fieldset className={styles.units}>
      <legend className="visually-hidden">{strings.temperatureUnit.label}</legend>
      {(["C", "F"] as const).map((unit) => (
        <label key={unit}>
          <input
            type="radio"
            name="temperature-unit"
            className="visually-hidden"
            aria-label={strings.temperatureUnit[unit]}
            checked={chosen === unit}
            onChange={() => choose(unit)}
          />
          <span aria-hidden="true">°{unit}</span>
        </label>
      ))}
    </fieldset>
  );
}
