import { strings } from "../i18n/strings";

/** What temperatures are shown in. They cross the wire in degrees Celsius. */
export type TemperatureUnit = "C" | "F";

/**
 * A temperature is stale when a sensor that reports every 10 minutes has missed two reports and 2 minutes more:
 * the default of the rule by which a sensor counts as offline.
 */
export const STALE_AFTER_MS = 22 * 60_000;

export function isStale(measuredAt: string, now: number): boolean {
  return now - Date.parse(measuredAt) > STALE_AFTER_MS;
}

/** `celsius` in `unit`, as a number. */
export function convertTemperature(celsius: number, unit: TemperatureUnit): number {
  return unit === "C" ? celsius : celsius * 1.8 + 32;
}

/** `celsius` in `unit` to a tenth, with a true minus sign: `−18.5`. Never `−0.0`. */
export function formatTemperature(celsius: number, unit: TemperatureUnit): string {
  const tenths = Math.round(convertTemperature(celsius, unit) * 10) / 10;
  return (tenths === 0 ? 0 : tenths).toFixed(1).replace("-", "−");
}

/** The same with its unit: `−18.5 °C`. */
export function formatTemperatureWithUnit(celsius: number, unit: TemperatureUnit): string {
  return `${formatTemperature(celsius, unit)}\u00a0°${unit}`;
}

/** How long ago `at` was: `12 s`, `4 min`, `2 h 5 min`, `3 d 4 h`. What lies ahead, by clocks that differ, is `0 s`. */
export function formatAge(at: string, now: number): string {
  const { age } = strings;
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1000));
  if (seconds < 60) return age.seconds(seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return age.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return age.hours(hours, minutes % 60);
  return age.days(Math.floor(hours / 24), hours % 24);
}

/** A clock time in a site's own time zone. */
export function formatClock(at: string | number, timeZone: string): string {
  return new Intl.DateTimeFormat(strings.locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(
    new Date(at),
  );
}

/** A date and clock time, in a site's own time zone or in that of the person who reads it. */
export function formatDateTime(at: string | number, timeZone?: string): string {
  return new Intl.DateTimeFormat(strings.locale, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(at));
}
