import { useCallback, useEffect, useState } from "react";
import { forgetAccess, initialAccess, keepAccess, takeAccessFromAddress, type Access } from "../api/access";
import type { TemperatureUnit } from "../design/format";
import { initialTemperatureUnit, keepTemperatureUnit, TemperatureUnitProvider } from "../design/temperature-unit";
import { strings } from "../i18n/strings";
import { AccessForm } from "./AccessForm";
import { Dashboard } from "./Dashboard";

/** The whole page: the dashboard of whoever has access, a form for access for whoever has not. */
export function App() {
  const [access, setAccess] = useState(initialAccess);
  const [notice, setNotice] = useState<string>();
  const [unit, setUnit] = useState(initialTemperatureUnit);

  useEffect(() => {
    // A link with a key in it, followed in a tab that already shows the page, only changes the fragment.
    const take = () => setAccess((held) => takeAccessFromAddress() ?? held);
    window.addEventListener("hashchange", take);
    return () => window.removeEventListener("hashchange", take);
  }, []);

  const open = (given: Access): void => {
    keepAccess(given);
    setNotice(undefined);
    setAccess(given);
  };
  const leave = useCallback((reason?: string): void => {
    forgetAccess();
    setNotice(reason);
    setAccess(undefined);
  }, []);
  const refused = useCallback(() => leave(strings.access.refused), [leave]);
  const changeUnit = (next: TemperatureUnit): void => {
    keepTemperatureUnit(next);
    setUnit(next);
  };

  if (access === undefined) return <AccessForm notice={notice} onOpen={open} />;
  return (
    <TemperatureUnitProvider value={unit}>
      <Dashboard
        key={`${access.orgId} ${access.key}`}
        access={access}
        onTemperatureUnit={changeUnit}
        onLeave={() => leave()}
        onRefused={refused}
      />
    </TemperatureUnitProvider>
  );
}
