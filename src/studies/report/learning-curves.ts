/** Loss against epochs, a line for each training. */
import { renderSvg, schema } from "./vega.ts";

export interface Curve {
  readonly name: string;
  readonly epochs: readonly { readonly epoch: number; readonly validationLoss: number; readonly trainLoss: number }[];
}

/** @returns an SVG element */
export async function learningCurves(curves: readonly Curve[]): Promise<string> {
  const values = curves.flatMap(({ name, epochs }) =>
    epochs.flatMap(({ epoch, trainLoss, validationLoss }) => [
      { mode: name, epoch, loss: validationLoss, rows: "validation" },
      { mode: name, epoch, loss: trainLoss, rows: "training" },
    ]),
  );
  return renderSvg({
    $schema: schema,
    width: 420,
    height: 240,
    data: { values },
    mark: { type: "line", strokeWidth: 2 },
    encoding: {
      x: { field: "epoch", type: "quantitative", axis: { tickMinStep: 1, grid: false } },
      y: { field: "loss", type: "quantitative", scale: { zero: false } },
      color: { field: "mode", type: "nominal" },
      strokeDash: { field: "rows", type: "nominal", sort: ["validation", "training"] },
    },
    config: { font: "system-ui, sans-serif", legend: { orient: "bottom" } },
  });
}
