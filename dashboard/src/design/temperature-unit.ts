import { createContext, use } from "react";
import type { TemperatureUnit } from "./format";

const STORED_AS = "freshtrack.temperature-unit";

/** Where people read temperatures in degrees Fahrenheit. */
const FAHRENHEIT_REGIONS = new Set(["US", "BS", "BZ", "KY", "LR", "PW", "FM", "MH"]);

/** What `language`, such as `en-US`, reads temperatures in. */
export function customaryUnit(language: string): TemperatureUnit {
  const region = language.split("-").at(-1)?.toUpperCase() ?? "";
  return FAHRENHEIT_REGIONS.has(region) ? "F" : "C";
}

/** The unit chosen on this device, else the customary one. */
export function initialTemperatureUnit(): TemperatureUnit {
  const stored = window.localStorage.getItem(STORED_AS);
  return stored === "C" || stored === "F" ? stored : customaryUnit(navigator.language);
}

/** Remembers the choice on this device. */
export function keepTemperatureUnit(unit: TemperatureUnit): void {
  window.localStorage.setItem(STORED_AS, unit);
}

interface TemperatureUnitChoice {
  readonly unit: TemperatureUnit;
  readonly choose: (unit: TemperatureUnit) => void;
}

const TemperatureUnitContext = createContext<TemperatureUnitChoice>({ unit: "C", choose: () => undefined });

export const TemperatureUnitProvider = TemperatureUnitContext.Provider;

/** What temperatures are shown in. */
export function useTemperatureUnit(): TemperatureUnit {
  return use(TemperatureUnitContext).unit;
}

/** Shows temperatures in another unit from now on. */
export function useChooseTemperatureUnit(): (unit: TemperatureUnit) => void {
  return use(TemperatureUnitContext).choose;
}
