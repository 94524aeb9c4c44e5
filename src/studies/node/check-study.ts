/** What would end a study after its trainings is found before them. */
import { DataError } from "../../base/errors.ts";
import { type Reporter, silentReporter } from "../../base/reporter.ts";
import { type Metric, type WeightedFamily, weightedFamiliesOf } from "../../metrics/index.ts";
import type { PlannedTraining } from "./plan.ts";
import type { PreparedStudy } from "./prepare.ts";

interface Lack {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

const leaveOut = "Leave these cells out with --only, choose other rows for them, or use more data.";

/** Why a training and its cells cannot become scores; undefined where they can. */
function lackOf({ train, selection, cells, options, settings }: PlannedTraining): Lack | undefined {
  if (train.length < options.batchSize) {
    return {
      what: "A cell has fewer training rows than a batch holds, so no step would be taken.",
      expected: `at least ${options.batchSize} rows`,
      found: `${train.length} rows`,
      remedy: "Leave these cells out with --only, use a smaller --set batchSize=…, or more data.",
    };
  }
  if (selection.length === 0) {
    return {
      what: "A cell has no rows to choose its checkpoint on.",
      expected: `rows of the split ${settings.selectOn}`,
      found: "none",
      remedy: `${leaveOut} --set selectOn=… names another split.`,
    };
  }
  const [least] = [...cells].sort((a, b) => a.test.length - b.test.length);
  if (least?.test.length === 0) {
    return { what: "A cell has no test rows.", expected: "at least one", found: "none", remedy: leaveOut };
  }
  const isMute = cells.some(({ test }) => test.every(({ sentence }) => sentence.trim() === ""));
  if (!isMute) return undefined;
  return {
    what: "A cell has no sentence to compare with.",
    expected: "test rows with sentences in the language of the test",
    found: "empty sentences alone",
    remedy: leaveOut,
  };
}

/** @throws DataError when a training would not take a single step, or what it writes could not be scored */
export function checkRows({ plan }: PreparedStudy): void {
  const lacks = plan.trainings.flatMap((training) => {
    const lack = lackOf(training);
    return lack === undefined ? [] : [{ ...lack, folder: training.folder }];
  });
  const [first] = lacks;
  if (first === undefined) return;
  const { what, folder, ...parts } = first;
  throw new DataError(what, { where: `${folder}${lacks.length > 1 ? ` and ${lacks.length - 1} more` : ""}`, ...parts });
}

/**
 * Lets each metric with weights read one sentence: a model that is not there, or is another one, is found now.
 * @throws whatever the metric says of its model
 */
export async function tryMetrics(
  metrics: ReadonlyMap<WeightedFamily, Metric>,
  { profile }: PreparedStudy["study"]["metrics"],
  { signal }: Reporter,
): Promise<void> {
  const pair = { hypothesis: "No pleural effusion.", references: ["No effusion."] };
  for (const family of weightedFamiliesOf(profile)) {
    await metrics.get(family)?.measure([pair], { ...silentReporter, signal });
  }
}
