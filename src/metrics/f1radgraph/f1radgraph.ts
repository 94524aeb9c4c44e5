/**
 * F1RadGraph (METRICS §9): F1 over the entities, or the entities with their relations, that RadGraph sees in hypothesis
 * and reference. The corpus value is the mean over all pairs; a pair with an empty text counts 0.
 */
import { DataError } from "../../base/errors.ts";
import { pythonStrip } from "../../text/index.ts";
import { meansOf, notForSeveral } from "../measurement.ts";
import type { OpenMemory } from "../memory.ts";
import type { Metric, Pair } from "../metric.ts";
import { annotateReports, type RadgraphOptions } from "./annotate.ts";
import { type Annotation, parseAnnotation } from "./annotation.ts";
import { type CaseRule, type RewardLevel, radgraphReward, rewardLevels } from "./rewards.ts";

export interface F1RadgraphOptions extends RadgraphOptions {
  /** Which version of the package decides about upper and lower case; 0.1.18 when absent. */
  readonly caseRule?: CaseRule;
  /** Of this model's annotations; without it every text is read. */
  readonly memory?: OpenMemory;
}

/** Name and level of each column. */
const columnsOf: Readonly<Record<"authors" | "radeval", readonly (readonly [string, RewardLevel])[]>> = {
  authors: [["F1RadGraph", "partial"]],
  radeval: rewardLevels.map((level) => [`F1RadGraph ${level}`, level]),
};

/** The metric in the columns of a profile. */
export function f1Radgraph(profile: "authors" | "radeval", options: F1RadgraphOptions): Metric {
  const columns = columnsOf[profile];
  const names = columns.map(([name]) => name);
  return {
    name: "F1RadGraph",
    columns: names,
    async measure(pairs, reporter) {
      const several = notForSeveral(names, pairs);
      if (several !== undefined) return several;
      const rewards = await radgraphRewards(pairs, options, reporter);
      const items = Object.fromEntries(columns.map(([name, level]) => [name, rewards[level]]));
      return meansOf(items, { caseRule: options.caseRule ?? "0.1.18" });
    },
  };
}

/**
 * The reward of every pair on every level, in order. Equal texts are annotated once as long as they are near each other.
 * @throws DataError where a pair has not exactly one reference
 */
export async function radgraphRewards(
  pairs: readonly Pair[],
  { caseRule = "0.1.18", memory: openMemory, ...options }: F1RadgraphOptions,
  reporter?: Parameters<Metric["measure"]>[1],
): Promise<Readonly<Record<RewardLevel, Float64Array>>> {
  const rewards = {
    simple: new Float64Array(pairs.length),
    partial: new Float64Array(pairs.length),
    complete: new Float64Array(pairs.length),
  };
  const texts = pairs.map(textsOf);
  const scored = texts.flatMap(([hypothesis, reference], i) => (isEmpty(hypothesis) || isEmpty(reference) ? [] : [i]));
  const memory = await openMemory?.();
  const waiting = new Map<string, Annotation>();
  const missing: string[] = [];
  for (const text of new Set(scored.flatMap((i) => texts[i]!))) {
    const known = parseAnnotation(memory?.get(text));
    if (known === undefined) missing.push(text);
    else waiting.set(text, known);
  }
  const lastUse = new Map(scored.flatMap((i) => texts[i]!.map((text) => [text, i] as const)));
  let next = 0;
  const scoreWhatIsReady = () => {
    for (; next < scored.length; next++) {
      const i = scored[next]!;
      const [hypothesis, reference] = texts[i]!.map((text) => waiting.get(text));
      if (hypothesis === undefined || reference === undefined) return;
      for (const level of rewardLevels) rewards[level][i] = radgraphReward(hypothesis, reference, level, caseRule);
      for (const text of texts[i]!) if (lastUse.get(text) === i) waiting.delete(text);
    }
  };
  scoreWhatIsReady();
  if (missing.length === 0) return rewards;
  const receive = async (start: number, annotations: readonly Annotation[]) => {
    const read = annotations.map((annotation, i) => [missing[start + i]!, annotation] as const);
    for (const [text, annotation] of read) waiting.set(text, annotation);
    scoreWhatIsReady();
    await memory?.add(read);
  };
  await annotateReports(missing, options, receive, reporter);
  return rewards;
}

/** The package crashes on white space alone; it is read as nothing. */
function isEmpty(text: string): boolean {
  return pythonStrip(text) === "";
}

function textsOf({ hypothesis, references }: Pair): readonly [string, string] {
  if (references.length === 1) return [hypothesis, references[0]!];
  throw new DataError("F1RadGraph takes one reference a text.", {
    where: "references",
    expected: "1",
    found: `${references.length}`,
  });
}
