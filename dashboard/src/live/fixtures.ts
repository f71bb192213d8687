import type { AlertView, Overview, ServerMessage, UnitSnapshot } from "../api/types";

/** Values for tests; each is complete and says only what the test sets otherwise. */

export const AT = "2026-11-21T08:00:00Z";
export const SEQ = Date.parse(AT);

export function unitSnapshot(over: Partial<UnitSnapshot> = {}): UnitSnapshot {
  return {
    unit_id: "unt_1",
    site_id: "sit_1",
    rev: 1,
    status: "ok",
    status_since: AT,
    silence: null,
    temperature_c: 3.5,
    measured_at: AT,
    seen_at: AT,
    humidity_percent: null,
    battery_percent: null,
    rssi_dbm: null,
    door: null,
    door_since: null,
    severity: null,
    low_c: 0.56,
    high_c: 5,
    ...over,
  };
}

export function alertView(over: Partial<AlertView> = {}): AlertView {
  return {
    id: "alt_1",
    unit_id: "unt_1",
    site_id: "sit_1",
    kind: "temp_excursion",
    severity: "warning",
    status: "open",
    opened_at: AT,
    escalated_at: null,
    resolved_at: null,
    trigger_c: 6,
    worst_c: 7,
    limit_c: 5,
    side: "high",
    explanation: "7.00 °C is above the alarm limit of 5.00 °C (41.0 °F).",
    handling: { status: "open", needs_signature: true },
    ...over,
  };
}

export function overview(units: readonly UnitSnapshot[]): Overview {
  return {
    org_id: "org_1",
    name: "Harbour Foods",
    as_of: AT,
    sites: [
      {
        id: "sit_1",
        name: "Harbour",
        time_zone: "Europe/Madrid",
        areas: [
          {
            id: "are_1",
            name: "Kitchen",
            units: units.map((now) => ({ id: now.unit_id, area_id: "are_1", name: now.unit_id, kind: "fridge", now })),
          },
        ],
      },
    ],
  };
}

export function unitsChanged(seq: number, ...units: UnitSnapshot[]): ServerMessage {
  return { v: 1, at: new Date(seq).toISOString(), seq, type: "units.changed", data: { units } };
}

export function alertsChanged(seq: number, ...alerts: AlertView[]): ServerMessage {
  return { v: 1, at: new Date(seq).toISOString(), seq, type: "alerts.changed", data: { alerts } };
}

export function subscribed(seq: number): ServerMessage {
  return { v: 1, at: new Date(seq).toISOString(), seq, type: "subscribed", data: { topics: ["org"] } };
}

export function resynced(seq: number): ServerMessage {
  return { v: 1, at: new Date(seq).toISOString(), seq, type: "resynced" };
}
