import { expect, test } from "vitest";
import { unitSnapshot } from "../live/fixtures";
import { byHour, mergePoints, pointOfSnapshot, pointsOfSeries, rangeOf, TRACE_SPAN_MS } from "./points";

const NOW = Date.parse("2026-11-21T08:10:00Z");
const minutesAgo = (minutes: number, celsius: number | null) => ({ at: NOW - minutes * 60_000, celsius });

test("the trace is that of the sensor that drives the unit, and broken where nothing is known", () => {
  const bucket = (minutes: number, celsius: number, broken = false) => ({
    points: [{ at: new Date(NOW - minutes * 60_000).toISOString(), temperature_c: celsius }],
    min_c: celsius,
    max_c: celsius,
    readings: 1,
    broken,
  });
  const series = (...sensors: readonly { sensor_id: string; primary: boolean; buckets: ReturnType<typeof bucket>[] }[]) => ({
    unit_id: "unt_1",
    from: new Date(NOW - TRACE_SPAN_MS).toISOString(),
    to: new Date(NOW).toISOString(),
    low_c: 0,
    high_c: 5,
    sensors: [...sensors],
  });
  const beside = { sensor_id: "sen_1", primary: false, buckets: [bucket(10, 9)] };
  const driving = { sensor_id: "sen_2", primary: true, buckets: [bucket(60, 3.5), bucket(10, 4, true)] };
  expect(pointsOfSeries(series(beside, driving))).toEqual([
    minutesAgo(60, 3.5),
    { at: NOW - 10 * 60_000 - 1, celsius: null },
    minutesAgo(10, 4),
  ]);
  expect(pointsOfSeries(series(beside))).toEqual([minutesAgo(10, 9)]);
  expect(pointsOfSeries(series())).toEqual([]);
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
