/** Which metrics stand together in a table, and how they prepare text (METRICS §0.2). */
import { UsageError } from "../base/errors.ts";
import { pythonStrip } from "../text/index.ts";
import { bleu } from "./bleu/bleu.ts";
import { cider } from "./cider/cider.ts";
import type { Metric } from "./metric.ts";
import { rougeL } from "./rouge/rouge-l.ts";

export interface Profile {
  readonly name: ProfileName;
  readonly metrics: readonly Metric[];
  /** Done to every text before any metric sees it. */
  prepare(text: string): string;
}

/** Names that the command line knows; not every one can be computed yet. */
export const profileNames = ["authors", "coco"] as const;

export type ProfileName = (typeof profileNames)[number];

/** What the paper's group runs: no lower-casing, no punctuation rules, one reference. */
const authors: Profile = { name: "authors", metrics: [bleu, rougeL, cider], prepare: pythonStrip };

/** @throws UsageError for a profile that comes later */
export function findProfile(name: ProfileName): Profile {
  if (name === "authors") return authors;
  throw new UsageError(`The profile ${name} cannot be computed yet.`, {
    where: `--profile ${name}`,
    expected: "authors",
    remedy: "coco comes with the metrics issue: it needs the PTB tokenizer.",
  });
}
