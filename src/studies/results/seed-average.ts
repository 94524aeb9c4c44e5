/** Several trainings of one cell as one: what they score on average, draw by draw. */
import { type Evaluation, isMeasured, type Measurement, type NamedOutcome, notComputed } from "../../metrics/index.ts";
import { joined } from "../../metrics/statistics/units.ts";

/**
 * The mean of measurements of the same pairs. Its value for any draw of pairs is the mean of the parts' values for that
 * draw, so intervals and tests are of the mean.
 * @throws DataError when they are of different numbers of pairs
 */
export function meanOfMeasurements(measurements: readonly Measurement[]): Measurement {
  const [first] = measurements;
  if (measurements.length === 1) return first!;
  const { width, statistics, valuesOf } = joined(measurements);
  const columns = first!.columns.length;
  return {
    columns: first!.columns,
    width,
    statistics,
    valuesOf: (sums, count) => {
      const values = valuesOf(sums, count);
      const means = new Array<number>(columns).fill(0);
      for (const [i, value] of values.entries()) means[i % columns]! += value / measurements.length;
      return means;
    },
  };
}

/** The mean of evaluations of the same pairs under one profile; a metric that one of them lacks is not computed. */
export function averageOver(evaluations: readonly Evaluation[]): Evaluation {
  const [first] = evaluations;
  const outcomes = first!.outcomes.map(({ metric, outcome }, i): NamedOutcome => {
    const all = evaluations.map((each) => each.outcomes[i]!.outcome);
    const missing = all.find((each) => !isMeasured(each));
    if (missing !== undefined && !isMeasured(missing)) {
      return { metric, outcome: notComputed(outcome.columns, missing.reason) };
    }
    return { metric, outcome: meanOfMeasurements(all as Measurement[]) };
  });
  return { ...first!, outcomes };
}

/** The evaluation of some of its pairs. CIDEr keeps the word weights of all references. */
export function restrictedTo(evaluation: Evaluation, rows: readonly number[]): Evaluation {
  const outcomes = evaluation.outcomes.map(({ metric, outcome }): NamedOutcome => {
    if (!isMeasured(outcome)) return { metric, outcome };
    const { columns, width, valuesOf } = outcome;
    const statistics = new Float64Array(rows.length * width);
    for (const [i, row] of rows.entries()) {
      statistics.set(outcome.statistics.subarray(row * width, (row + 1) * width), i * width);
    }
    return { metric, outcome: { columns, width, statistics, valuesOf } };
  });
  return { ...evaluation, count: rows.length, outcomes };
}
