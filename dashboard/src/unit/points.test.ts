import { expect, test } from "vitest";
import { unitSnapshot } from "../live/fixtures";
import { byHour, mergePoints, pointOfSnapshot, pointsOfReadings, rangeOf, TRACE_SPAN_MS } from "./points";

const NOW = Date.parse("2026-11-21T08:10:00Z");
const minutesAgo = (minutes: number, celsius: number | null) => ({ at: NOW - minutes * 60_000, celsius });

test("a fault breaks the line and a door event does not touch it", () => {
  const reading = { recorded_at: new Date(NOW).toISOString(), sensor_id: "sen_1" };
  expect(
    pointsOfReadings([
      { ...reading, temperature_c: 3.5 },
      { ...reading, fault: "probe_missing" },
      { ...reading, door_open: true },
    ]),
  ).toEqual([
    { at: NOW, celsius: 3.5 },
    { at: NOW, celsius: null },
  ]);
});

test("a unit without a temperature has no point", () => {
  expect(pointOfSnapshot(unitSnapshot({ temperature_c: null }))).toBeUndefined();
  expect(pointOfSnapshot(unitSnapshot({ temperature_c: 0, measured_at: new Date(NOW).toISOString() }))).toEqual({
    at: NOW,
    celsius: 0,
  });
});

test("history and live points are one line: in order, each instant once, the live one kept", () => {
  const merged = mergePoints(
    [minutesAgo(20, 3), minutesAgo(10, 4)],
    [minutesAgo(0, 6), minutesAgo(10, 5), minutesAgo(15, 3.5)],
    NOW,
  );
  expect(merged).toEqual([minutesAgo(20, 3), minutesAgo(15, 3.5), minutesAgo(10, 5), minutesAgo(0, 6)]);
});

test("what is older than a day leaves", () => {
  const old = { at: NOW - TRACE_SPAN_MS, celsius: 3 };
  expect(mergePoints([old], [{ at: old.at + 1, celsius: 4 }], NOW)).toEqual([{ at: old.at + 1, celsius: 4 }]);
});

test("a range counts temperatures alone", () => {
  expect(rangeOf([minutesAgo(2, -2), minutesAgo(1, null), minutesAgo(0, 4)])).toEqual({
    low: -2,
    high: 4,
    mean: 1,
    count: 2,
  });
  expect(rangeOf([minutesAgo(1, null)])).toBeUndefined();
});

test("hours come newest first, without those that have no temperature", () => {
  const hours = byHour([minutesAgo(130, null), minutesAgo(65, 2), minutesAgo(15, 6), minutesAgo(5, 4), minutesAgo(0, 5)]);
  expect(hours.map(({ at, low, high, count }) => [new Date(at).toISOString(), low, high, count])).toEqual([
    ["2026-11-21T08:00:00.000Z", 4, 5, 2],
    ["2026-11-21T07:00:00.000Z", 2, 6, 2],
  ]);
});
