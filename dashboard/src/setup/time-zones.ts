/** The time zone of this device. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Time zones to choose from: those that the browser knows, and its own whatever it calls it. */
export function timeZones(): readonly string[] {
  return [...new Set([ownTimeZone(), "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();
}
