import { describe, expect, test } from "vitest";
import { overview } from "../live/fixtures";
import { deletedPlacesOf, type Deleted } from "./places";

const [harbour] = overview([]).sites;

describe("deleted places", () => {
  test("are listed as they come, with what they were in", () => {
    const deleted: Deleted[] = [
      { type: "area", place: { id: "are_7", name: "Bar", site_id: "sit_2", deleted_at: "2026-11-21T08:00:00Z" } },
      { type: "site", place: { id: "sit_2", name: "Marina", deleted_at: "2026-11-20T08:00:00Z" } },
      { type: "unit", place: { id: "unt_7", name: "Ice box", site_id: "sit_2", area_id: "are_7", deleted_at: "2026-11-19T08:00:00Z" } },
    ];
    const places = deletedPlacesOf(deleted, harbour === undefined ? [] : [harbour]);
    expect(places.map(({ name }) => name)).toEqual(["Bar", "Marina", "Ice box"]);
    expect(places.map(({ within }) => within)).toEqual([["Marina"], [], ["Bar", "Marina"]]);
  });

  test("are in places that are still there, or in some that are not known", () => {
    const deleted: Deleted[] = [
      { type: "unit", place: { id: "unt_8", name: "Fridge", site_id: "sit_1", area_id: "are_unknown", deleted_at: null } },
      { type: "unit", place: { id: "unt_9", name: "Freezer", site_id: "sit_unknown", area_id: "are_unknown" } },
    ];
    const places = deletedPlacesOf(deleted, harbour === undefined ? [] : [harbour]);
    expect(places.map(({ within, deletedAt }) => [within, deletedAt])).toEqual([
      [["Harbour"], undefined],
      [[], undefined],
    ]);
  });
});
