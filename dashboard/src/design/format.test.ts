import { describe, expect, test } from "vitest";
import { convertTemperature, formatAge, formatClock, formatTemperature, formatTemperatureWithUnit, isStale } from "./format";
import { customaryUnit } from "./temperature-unit";

const NOW = Date.parse("2026-11-21T08:00:00Z");
const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

describe("ages", () => {
  test.each([
    [0, "0 s"],
    [-30, "0 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [3_599, "59 min"],
    [3_600, "1 h"],
    [7_500, "2 h 5 min"],
    [86_399, "23 h 59 min"],
    [86_400, "1 d"],
    [273_600, "3 d 4 h"],
  ])("%d s ago is %s", (seconds, text) => {
    expect(formatAge(before(seconds), NOW)).toBe(text);
  });

  test("turn stale after 22 minutes", () => {
    expect(isStale(before(22 * 60), NOW)).toBe(false);
    expect(isStale(before(22 * 60 + 1), NOW)).toBe(true);
  });
});

describe("temperatures", () => {
  test.each([
    [-40, -40],
    [-17.78, -0.004],
    [0, 32],
    [5, 41],
    [100, 212],
  ])("%d °C is %d °F", (celsius, fahrenheit) => {
    expect(convertTemperature(celsius, "F")).toBeCloseTo(fahrenheit, 6);
    expect(convertTemperature(celsius, "C")).toBe(celsius);
  });

  test.each([
    [3.21, "C", "3.2"],
    [-18.54, "C", "−18.5"],
    [-0.04, "C", "0.0"],
    [-17.78, "F", "0.0"],
    [-28.89, "F", "−20.0"],
  ] as const)("%d °C in °%s is written %s", (celsius, unit, text) => {
    expect(formatTemperature(celsius, unit)).toBe(text);
  });

  test("carry their unit behind a space that does not break", () => {
    expect(formatTemperatureWithUnit(5, "F")).toBe("41.0\u00a0°F");
  });

  test.each([
    ["en-US", "F"],
    ["es-US", "F"],
    ["en-GB", "C"],
    ["es", "C"],
  ])("are read in %s as °%s", (language, unit) => {
    expect(customaryUnit(language)).toBe(unit);
  });
});

test("clock times are those of the site", () => {
  expect(formatClock("2026-11-21T23:30:00Z", "Asia/Tokyo")).toBe("08:30");
  expect(formatClock("2026-11-21T23:00:00Z", "Europe/Madrid")).toBe("00:00");
});
