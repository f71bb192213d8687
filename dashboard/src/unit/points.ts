import type { ReadingSeries, UnitSnapshot } from "../api/types";

/** A point of a trace. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Degrees Celsius; nothing where nothing is known, which breaks the line. */
  readonly celsius: number | null;
}

/** How far back a trace reaches. */
export const TRACE_SPAN_MS = 24 * 60 * 60_000;

/** The trace of the sensor that drives the unit as points; without one, that of any. */
export function pointsOfSeries(series: ReadingSeries): Point[] {
  const trace = series.sensors.find((sensor) => sensor.primary) ?? series.sensors[0];
  return (trace?.buckets ?? []).flatMap((bucket) => {
    const points = bucket.points.map((point) => ({ at: Date.parse(point.at), celsius: point.temperature_c }));
    const first = points[0];
    // The instant before: what was there is not known.
    return bucket.broken && first !== undefined ? [{ at: first.at - 1, celsius: null }, ...points] : points;
  });
}

/** The point of a unit's newest temperature, if it has one. */
export function pointOfSnapshot(unit: UnitSnapshot): Point | undefined {
  if (unit.temperature_c == null || unit.measured_at == null) return undefined;
  return { at: Date.parse(unit.measured_at), celsius: unit.temperature_c };
}

/** Both in the order of time, each instant once, nothing older than the span; what was heard live wins. */
export function mergePoints(history: readonly Point[], live: readonly Point[], now: number): Point[] {
  const byInstant = new Map<number, Point>();
  for (const point of [...history, ...live]) {
    if (point.at > now - TRACE_SPAN_MS) byInstant.set(point.at, point);
  }
  return [...byInstant.values()].sort((a, b) => a.at - b.at);
}

/** The lowest, the highest and the mean of some points, in degrees Celsius. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly count: number;
}

/** What points come to; nothing if none has a temperature. */
export function rangeOf(points: readonly Point[]): Range | undefined {
  const values = points.flatMap((point) => (point.celsius === null ? [] : [point.celsius]));
  if (values.length === 0) return undefined;
  return {
    low: Math.min(...values),
    high: Math.max(...values),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    count: values.length,
  };
}

/** One row of the table beside a trace. */
export interface Hour extends Range {
  /** When the hour begins, in milliseconds since 1970. */
  readonly at: number;
}

/** Points by the hour, the newest first. */
export function byHour(points: readonly Point[]): Hour[] {
  const hours = new Map<number, Point[]>();
  for (const point of points) {
    const at = Math.floor(point.at / 3_600_000) * 3_600_000;
    const within = hours.get(at);
    if (within === undefined) hours.set(at, [point]);
    else within.push(point);
  }
  return [...hours]
    .flatMap(([at, within]) => {
      const range = rangeOf(within);
      return range === undefined ? [] : [{ at, ...range }];
    })
    .sort((a, b) => b.at - a.at);
}
