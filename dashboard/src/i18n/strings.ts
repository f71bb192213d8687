import type { AlertKind, Severity, UnitKind, UnitStatus } from "../api/types";
import type { ConnectionStatus } from "../live/store";

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const en = {
  locale: "en",
  product: "FreshTrack",
  skipToContent: "Skip to content",
  loading: "Loading…",
  retry: "Try again",
  access: {
    title: "Open your dashboard",
    intro: "Enter the organization and an access key that may read it. The key stays in this tab only.",
    organization: "Organization ID",
    key: "Access key",
    open: "Open",
    invalid: "The organization starts with org_ and the access key with ftk_.",
    refused: "This key is not accepted for this organization.",
    leave: "Sign out",
  },
  demonstration: {
    title: "Demonstration",
    intro: "This system plays sensors of made-up organizations. Have a look:",
    open: (organization: string) => `Open ${organization}`,
  },
  connection: {
    connecting: "Connecting",
    live: "Live",
    reconnecting: "Reconnecting",
    offline: "Offline",
  } satisfies Record<ConnectionStatus, string>,
  temperatureUnit: { label: "Temperature unit", C: "Degrees Celsius", F: "Degrees Fahrenheit" },
  status: {
    pending: "No data yet",
    ok: "OK",
    excursion: "Out of range",
    alarm_active: "Alarm",
    restoring: "Recovering",
  } satisfies Record<UnitStatus, string>,
  unitKind: {
    fridge: "Fridge",
    freezer: "Freezer",
    display_case: "Display case",
    walk_in_cooler: "Walk-in cooler",
    walk_in_freezer: "Walk-in freezer",
    blast_chiller: "Blast chiller",
  } satisfies Record<UnitKind, string>,
  severity: { info: "Info", warning: "Warning", critical: "Critical" } satisfies Record<Severity, string>,
  alertKind: { temp_excursion: "Temperature", sensor_fault: "Sensor" } satisfies Record<AlertKind, string>,
  age: {
    seconds: (seconds: number) => `${seconds} s`,
    minutes: (minutes: number) => `${minutes} min`,
    hours: (hours: number, minutes: number) => (minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`),
    days: (days: number, hours: number) => (hours === 0 ? `${days} d` : `${days} d ${hours} h`),
    ago: (age: string) => `${age} ago`,
    stale: (age: string) => `Stale: ${age} ago`,
  },
  overview: {
    failed: "The overview could not be loaded.",
    empty: "This organization has no sites yet.",
    noUnits: "No units in this area.",
    summary: (units: number, attention: number) =>
      attention === 0
        ? `${plural(units, "unit", "units")}, all in order`
        : `${plural(units, "unit", "units")}, ${plural(attention, "needs", "need")} attention`,
  },
  unit: {
    back: "All units",
    noTemperature: "No temperature",
    range: (low: string, high: string) => `Range ${low} to ${high}`,
    humidity: (percent: number) => `Humidity ${Math.round(percent)}%`,
    battery: (percent: number) => `Battery ${percent}%`,
    batteryLow: (percent: number) => `Battery low: ${percent}%`,
    signal: (dbm: number) => `Signal ${dbm} dBm`,
    doorOpen: "Door open",
    doorClosed: "Door closed",
    statusSince: (age: string) => `for ${age}`,
    notFound: "There is no such unit.",
    announce: (name: string, temperature: string, status: string) => `${name}: ${temperature}, ${status}`,
  },
  trace: {
    title: "Last 24 hours",
    failed: "The readings could not be loaded.",
    none: "No readings in the last 24 hours.",
    describe: (name: string, low: string, high: string, last: string) =>
      `Temperature of ${name} over the last 24 hours: lowest ${low}, highest ${high}, now ${last}. The table below has the figures.`,
    temperature: "Temperature",
    lowLimit: "Low limit",
    highLimit: "High limit",
    tableTitle: "Readings by the hour",
    tableNotes: (unit: string, zone: string) => `In ${unit}. Times in ${zone}.`,
    hour: "Hour",
    lowest: "Lowest",
    highest: "Highest",
    average: "Average",
    count: "Count",
  },
  alerts: {
    title: "Open alerts",
    none: "No open alerts.",
    failed: "Alerts could not be loaded.",
    openFor: (age: string) => `open for ${age}`,
    announce: (unit: string, explanation: string) => `Alert in ${unit}. ${explanation}`,
    unknownUnit: "A unit",
    more: (count: number) => `Show ${count} more`,
  },
};

/** Every text of the page. Another language is another object of this shape. */
export type Strings = typeof en;

export const strings: Strings = en;
