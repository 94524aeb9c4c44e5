/** Which metrics stand together in a table, and how they prepare text (METRICS §0.2). */
import { pythonStrip } from "../text/python-strings.ts";
import { bleu } from "./bleu/bleu.ts";
import { cider } from "./cider/cider.ts";
import type { WeightedFamily } from "./families.ts";
import type { Pair, TextMetric } from "./metric.ts";
import { cocoCaptions } from "./ptb/tokenize.ts";
import { cocoRougeL } from "./rouge/coco-rouge-l.ts";
import { rouge1, rouge2, rougeL } from "./rouge/rouge.ts";

/** A place in the table for a family with weights, whether they are there or not. */
export interface WeightedSlot {
  readonly family: WeightedFamily;
  readonly columns: readonly string[];
}

export interface Profile {
  readonly name: ProfileName;
  /** In the table's order. */
  readonly metrics: readonly (TextMetric | WeightedSlot)[];
  /** Decimals that corpus values are rounded to, as Python's `round` does; unrounded when absent. */
  readonly decimals?: number;
  /** Done to all texts before any metric sees them. */
  prepare(pairs: readonly Pair[]): readonly Pair[];
}

export const profileNames = ["authors", "coco", "radeval"] as const;

export type ProfileName = (typeof profileNames)[number];

function stripped(pairs: readonly Pair[]): readonly Pair[] {
  return pairs.map(({ hypothesis, references }) => ({
    hypothesis: pythonStrip(hypothesis),
    references: references.map(pythonStrip),
  }));
}

/** What the paper's group runs: no lower-casing, no punctuation rules. */
const authors: Profile = {
  name: "authors",
  metrics: [
    bleu,
    rougeL,
    cider,
    { family: "BERTScore", columns: ["BERTScore"] },
    { family: "F1CheXbert", columns: ["F1CheXbert"] },
    { family: "F1RadGraph", columns: ["F1RadGraph"] },
  ],
  prepare: stripped,
};

/** RadEval 2.2.0: it rounds what it prints of a corpus to four decimals. */
const radeval: Profile = {
  name: "radeval",
  metrics: [
    bleu,
    rouge1,
    rouge2,
    rougeL,
    { family: "BERTScore", columns: ["BERTScore"] },
    {
      family: "F1CheXbert",
      columns: ["5", "14"].flatMap((labels) =>
        ["micro", "macro", "weighted"].map((average) => `F1CheXbert-${labels} ${average}`),
      ),
    },
    { family: "F1RadGraph", columns: ["simple", "partial", "complete"].map((level) => `F1RadGraph ${level}`) },
  ],
  decimals: 4,
  prepare: stripped,
};

/** All hypotheses are tokenised together, and all references, as the protocol runs its tokenizer over two files. */
function tokenised(pairs: readonly Pair[]): readonly Pair[] {
  const hypotheses = cocoCaptions(pairs.map(({ hypothesis }) => hypothesis));
  const references = cocoCaptions(pairs.flatMap((pair) => pair.references));
  let next = 0;
  return pairs.map((pair, i) => ({
    hypothesis: hypotheses[i]!,
    references: pair.references.map(() => references[next++]!),
  }));
}

/** The MS-COCO caption protocol without its two Java metrics, METEOR and SPICE. */
const coco: Profile = { name: "coco", metrics: [bleu, cocoRougeL, cider], prepare: tokenised };

const profiles: Readonly<Record<ProfileName, Profile>> = { authors, coco, radeval };

export function findProfile(name: ProfileName): Profile {
  return profiles[name];
}

/** Names of a profile's columns, in the table's order. */
export function columnsOfProfile(name: ProfileName): readonly string[] {
  return profiles[name].metrics.flatMap(({ columns }) => columns);
}

/** The families with weights that a profile has. */
export function weightedFamiliesOf(name: ProfileName): readonly WeightedFamily[] {
  return profiles[name].metrics.flatMap((entry) => ("family" in entry ? [entry.family] : []));
}
