/** What every method answers. */
import type { PatchMap } from "../patch-map.ts";
import type { Baseline, Question, Stream } from "../subject.ts";
import type { ExplainedSystem } from "../system.ts";

export const methodNames = ["legrad", "gradient-input", "integrated-gradients", "occlusion"] as const;

export type MethodName = (typeof methodNames)[number];

export interface MethodOptions {
  readonly baseline: Baseline;
  /** Points of the integral of integrated gradients. */
  readonly steps: number;
  /** Patches along the side of the window that occlusion covers. */
  readonly window: number;
}

export const defaultMethodOptions: MethodOptions = { baseline: "black", steps: 64, window: 1 };

export interface Attribution {
  readonly method: MethodName;
  /** By stream that the mode reads. */
  readonly maps: ReadonlyMap<Stream, PatchMap>;
  /** The number that is explained: Σ log p of the target's tokens, in nats. */
  readonly score: number;
  /** The same with nothing to see, where the method knows it. */
  readonly baselineScore?: number;
}

/** Answers many questions together. */
export type Method = (
  system: ExplainedSystem,
  questions: readonly Question[],
  options: MethodOptions,
) => Promise<Attribution[]>;

/** What the numbers of a map are. */
export const methodUnits: Readonly<Record<MethodName, string>> = {
  legrad: "nats per unit of attention, never negative",
  "gradient-input": "nats, to first order",
  "integrated-gradients": "nats; the maps of both streams sum to score - baseline score",
  occlusion: "nats that the score loses without the patch",
};

/** What the patches of both streams sum to, less score - baseline score: the error of the integral, in nats. */
export function completenessGap({ maps, score, baselineScore }: Attribution): number | undefined {
  if (baselineScore === undefined) return undefined;
  const sum = [...maps.values()].reduce((total, { values }) => total + values.reduce((a, b) => a + b, 0), 0);
  return sum - (score - baselineScore);
}

/** Whether a map has two signs: red raises the score, blue lowers it. */
export function isSigned(method: MethodName): boolean {
  return method !== "legrad";
}
