import { useEffect, useRef, useState } from "react";
import { strings } from "../i18n/strings";
import { useOpenAlerts } from "../live/hooks";
import { useDirectory } from "../overview/directory";

/** Interrupts a screen reader when an alert opens or becomes worse. Those that were there at first are not read out. */
export function AlertAnnouncer({ ready }: { ready: boolean }) {
  const alerts = useOpenAlerts();
  const directory = useDirectory();
  const known = useRef<ReadonlySet<string>>(undefined);
  const [text, setText] = useState("");

  useEffect(() => {
    if (!ready) return;
    const before = known.current;
    known.current = new Set(alerts.map((alert) => `${alert.id} ${alert.severity}`));
    const fresh = before && alerts.find((alert) => !before.has(`${alert.id} ${alert.severity}`));
    if (!fresh) return;
    const unit = directory.get(fresh.unit_id)?.unit.name ?? strings.alerts.unknownUnit;
    setText(strings.alerts.announce(unit, fresh.explanation));
  }, [alerts, directory, ready]);

  return (
    <p className="visually-hidden" aria-live="assertive">
      {text}
    </p>
  );
}
