import { expect, test } from "vitest";
import type { SiteView, UnitSnapshot } from "../api/types";
import { overview, unitSnapshot } from "../live/fixtures";
import { needsAttention, worstFirst } from "./order";

function site(name: string, ...units: UnitSnapshot[]): SiteView {
  return { ...(overview(units).sites[0] as SiteView), id: `sit_${name}`, name };
}

test("sites and units come with the worst first, by name among equals", () => {
  const units = [
    unitSnapshot({ unit_id: "unt_b" }),
    unitSnapshot({ unit_id: "unt_a" }),
    unitSnapshot({ unit_id: "unt_alarm", status: "alarm_active", severity: "warning" }),
    unitSnapshot({ unit_id: "unt_worse", status: "alarm_active", severity: "critical" }),
    unitSnapshot({ unit_id: "unt_out", status: "excursion" }),
    unitSnapshot({ unit_id: "unt_unseen", status: "monitoring_interrupted", severity: "critical" }),
    unitSnapshot({ unit_id: "unt_late", status: "offline", severity: "warning" }),
  ];
  const now = new Map(units.map((unit) => [unit.unit_id, unit]));
  const sites = worstFirst([site("calm", ...units.slice(0, 2)), site("busy", ...units)], (id) => now.get(id));
  expect(sites.map(({ name }) => name)).toEqual(["busy", "calm"]);
  expect(sites[0]?.areas[0]?.units.map(({ id }) => id)).toEqual([
    "unt_worse",
    "unt_alarm",
    "unt_out",
    "unt_unseen",
    "unt_late",
    "unt_a",
    "unt_b",
  ]);
});

test.each([
  [unitSnapshot(), false],
  [unitSnapshot({ status: "restoring" }), false],
  [unitSnapshot({ status: "excursion" }), true],
  [unitSnapshot({ status: "manual_required" }), true],
  [unitSnapshot({ severity: "warning" }), true],
])("attention is for what is wrong now", (unit, expected) => {
  expect(needsAttention(unit)).toBe(expected);
});
