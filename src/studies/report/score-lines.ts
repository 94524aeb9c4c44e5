/** Scores along an axis: a line for each series with the band of its seeds, and cells that are the same everywhere. */
import type { TopLevelSpec } from "vega-lite";
import { renderSvg, schema } from "./vega.ts";

export interface ScorePoint {
  readonly series: string;
  readonly x: number;
  /** Percent. */
  readonly mean: number;
  /** One standard deviation over the seeds; NaN for one seed. */
  readonly deviation: number;
}

export interface ScoreLevel {
  readonly label: string;
  readonly mean: number;
  readonly deviation: number;
}

export interface ScoreLines {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly ScorePoint[];
  /** Drawn across the whole width: the image-only baseline. */
  readonly levels: readonly ScoreLevel[];
}

function banded<T extends { readonly mean: number; readonly deviation: number }>(value: T) {
  const spread = Number.isNaN(value.deviation) ? 0 : value.deviation;
  return { ...value, low: value.mean - spread, high: value.mean + spread };
}

/** @returns an SVG element */
export async function scoreLines({ xLabel, yLabel, points, levels }: ScoreLines): Promise<string> {
  const domain = [...new Set([...points.map(({ series }) => series), ...levels.map(({ label }) => label)])];
  const legend = { symbolOpacity: 1, symbolStrokeWidth: 2 };
  const color = { field: "series", type: "nominal", scale: { domain }, title: null, legend } as const;
  const xs = points.map(({ x }) => x);
  const across = [Math.min(...xs), Math.max(...xs)];
  // A horizontal line is a series with the same value at both ends, so that the legend has it too.
  const flat = levels.flatMap(({ label, mean, deviation }) =>
    across.map((x) => banded({ series: label, x, mean, deviation })),
  );
  const ticks = [...new Set(xs)];
  const x = { field: "x", type: "quantitative" as const, title: xLabel, axis: { grid: false, values: ticks } };
  const y = { field: "mean", type: "quantitative", title: yLabel, scale: { zero: false } } as const;
  const band = {
    mark: { type: "area" as const, opacity: 0.18 },
    encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
  };
  const specification: TopLevelSpec = {
    $schema: schema,
    width: 420,
    height: 240,
    layer: [
      { data: { values: flat }, ...band },
      { data: { values: points.map(banded) }, ...band },
      { data: { values: flat }, mark: { type: "line", strokeDash: [6, 4] }, encoding: { x, y, color } },
      { data: { values: points.map(banded) }, mark: { type: "line", point: true }, encoding: { x, y, color } },
    ],
    config: { font: "system-ui, sans-serif", legend: { orient: "bottom" } },
  };
  return renderSvg(specification);
}
