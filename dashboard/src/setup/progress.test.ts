import { expect, test } from "vitest";
import type { Overview } from "../api/types";
import { unitSnapshot } from "../live/fixtures";
import { progressOf } from "./progress";

/** An overview of sites, each told by how many units its areas have. */
function overview(...sites: readonly (readonly number[])[]): Overview {
  return {
    org_id: "org_1",
    name: "Harbour Bistro",
    as_of: "2026-11-21T12:00:00Z",
    sites: sites.map((areas, site) => ({
      id: `sit_${site}`,
      name: `Site ${site}`,
      time_zone: "UTC",
      areas: areas.map((units, area) => ({
        id: `are_${site}${area}`,
        name: `Area ${site}${area}`,
        units: Array.from({ length: units }, (_, unit) => ({
          id: `unt_${site}${area}${unit}`,
          area_id: `are_${site}${area}`,
          name: `Unit ${site}${area}${unit}`,
          kind: "fridge" as const,
          now: unitSnapshot(),
        })),
      })),
    })),
  };
}

test("each step follows from what there is", () => {
  expect(progressOf(overview(), false).step).toBe("site");
  expect(progressOf(overview([]), false)).toMatchObject({ step: "area", site: { id: "sit_0" } });
  expect(progressOf(overview([0]), false)).toMatchObject({ step: "unit", area: { id: "are_00" } });
  expect(progressOf(overview([1]), false)).toMatchObject({ step: "sensor", unit: { id: "unt_000" } });
  expect(progressOf(overview([1]), true)).toMatchObject({ step: "done", unit: { id: "unt_000" } });
});

test("it goes on where most is set up already", () => {
  expect(progressOf(overview([], [0]), false)).toMatchObject({ step: "unit", area: { id: "are_10" } });
  expect(progressOf(overview([], [0, 2], [1]), false)).toMatchObject({ step: "sensor", unit: { id: "unt_110" } });
});
