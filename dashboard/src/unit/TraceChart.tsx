import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { convertTemperature, type TemperatureUnit } from "../design/format";
import { strings } from "../i18n/strings";
import { useTimeText } from "../live/hooks";
import { serverNow } from "../live/time";
import { TRACE_SPAN_MS, type Point } from "./points";
import styles from "./TraceChart.module.css";

interface TraceChartProps {
  readonly points: readonly Point[];
  readonly lowC: number;
  readonly highC: number;
  readonly display: TemperatureUnit;
  readonly timeZone: string;
  /** What the picture shows, in words. */
  readonly label: string;
}

const HEIGHT = 260;

/** Points as a line between the two limits. */
export function TraceChart({ points, lowC, highC, display, timeZone, label }: TraceChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const minute = useTimeText((now) => String(Math.floor(now / 60_000)));

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const plot = new uPlot(options(element, display, timeZone), [[], [], [], []], element);
    chart.current = plot;
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const repaint = () => plot.redraw(false, true);
    dark.addEventListener("change", repaint);
    return () => {
      dark.removeEventListener("change", repaint);
      resize.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [display, timeZone]);

  useEffect(() => {
    const low = convertTemperature(lowC, display);
    const high = convertTemperature(highC, display);
    const plot = chart.current;
    plot?.setData(tableOf(points, low, high, display));
    if (plot) showNewest(plot);
  }, [points, lowC, highC, display, timeZone, minute]);

  return <div ref={frame} role="img" aria-label={label} className={styles.chart} />;
}

/** Columns as uPlot takes them. The limits reach from edge to edge whatever points there are. */
function tableOf(points: readonly Point[], low: number, high: number, display: TemperatureUnit): uPlot.AlignedData {
  const now = serverNow();
  const edge = (at: number): Point => ({ at, celsius: null });
  const rows = [edge(now - TRACE_SPAN_MS), ...points, edge(Math.max(now, points.at(-1)?.at ?? 0) + 1)];
  return [
    rows.map((point) => point.at / 1000),
    rows.map((point) => (point.celsius === null ? null : convertTemperature(point.celsius, display))),
    rows.map(() => low),
    rows.map(() => high),
  ];
}

/** While nobody points at an instant, the figures below the chart are those of the newest. */
function showNewest(plot: uPlot): void {
  const isPointedAt = (plot.cursor.left ?? -1) >= 0;
  // The last row is the right edge.
  const newest = plot.data[0].length - 2;
  if (!isPointedAt && newest > 0) plot.setLegend({ idx: newest }, false);
}

function options(element: HTMLElement, display: TemperatureUnit, timeZone: string): uPlot.Options {
  // Read at every draw: the colours follow the theme.
  const color = (token: string) => () => getComputedStyle(element).getPropertyValue(token);
  const degrees = (value: number | null) => (value === null ? "–" : `${value.toFixed(1)} °${display}`);
  const limit = (text: string): uPlot.Series => ({
    label: text,
    stroke: color("--limit"),
    dash: [6, 6],
    width: 1.5,
    points: { show: false },
    value: (_, value) => degrees(value),
  });
  const axis: uPlot.Axis = {
    stroke: color("--text-quiet"),
    grid: { stroke: color("--grid"), width: 1 },
    ticks: { stroke: color("--grid"), width: 1 },
    font: "12px system-ui, sans-serif",
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    hooks: { setCursor: [showNewest] },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
    scales: {
      x: { time: true },
      y: { range: (_, low, high) => [low - 1, high + 1] },
    },
    series: [
      { value: "{YYYY}-{MM}-{DD} {HH}:{mm}" },
      {
        label: strings.trace.temperature,
        stroke: color("--accent"),
        width: 2,
        value: (_, value) => degrees(value),
      },
      limit(strings.trace.lowLimit),
      limit(strings.trace.highLimit),
    ],
    axes: [
      { ...axis, values: [[3600, "{HH}:{mm}", null, null, null, null, null, null, 1], [60, "{HH}:{mm}", null, null, null, null, null, null, 1]] },
      { ...axis, size: 52, values: (_, splits) => splits.map((value) => `${value}°`) },
    ],
  };
}
