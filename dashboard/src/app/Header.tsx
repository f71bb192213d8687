import { Badge, type Tone } from "../design/Badge";
import type { TemperatureUnit } from "../design/format";
import type { IconName } from "../design/Icon";
import { useTemperatureUnit } from "../design/temperature-unit";
import { strings } from "../i18n/strings";
import { useConnection } from "../live/hooks";
import type { ConnectionStatus } from "../live/store";
import styles from "./Header.module.css";

interface HeaderProps {
  readonly organization: string | undefined;
  readonly onTemperatureUnit: (unit: TemperatureUnit) => void;
  readonly onLeave: () => void;
}

export function Header({ organization, onTemperatureUnit, onLeave }: HeaderProps) {
  return (
    <header className={styles.header}>
      <div className={styles.names}>
        <p className={styles.product}>{strings.product}</p>
        <h1>{organization ?? "…"}</h1>
      </div>
      <Connection />
      <TemperatureUnitSwitch onChange={onTemperatureUnit} />
      <button type="button" onClick={onLeave}>
        {strings.access.leave}
      </button>
    </header>
  );
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

function TemperatureUnitSwitch({ onChange }: { onChange: (unit: TemperatureUnit) => void }) {
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
            onChange={() => onChange(unit)}
          />
          <span aria-hidden="true">°{unit}</span>
        </label>
      ))}
    </fieldset>
  );
}
