import { describe, expect, test } from "vitest";
import { regionOf } from "./region";

describe("the region of a time zone", () => {
  test.each([
    ["Europe/Vienna", "eu1", "EU_863_870_TTN"],
    ["Atlantic/Canary", "eu1", "EU_863_870_TTN"],
    ["America/New_York", "nam1", "US_902_928_FSB_2"],
    ["UTC", "nam1", "US_902_928_FSB_2"],
    ["Asia/Singapore", "au1", "AS_923"],
    ["Asia/Kolkata", "au1", "IN_865_867"],
    ["Asia/Seoul", "au1", "KR_920_923_TTN"],
    ["Australia/Sydney", "au1", "AU_915_928_FSB_2"],
  ])("%s is %s with %s", (zone, cluster, plan) => {
    expect(regionOf(zone)).toEqual({ cluster, plan });
  });
});
