/**
 * Metrics of generated text: a folder a metric, joined by profiles. Everything is computed on strings and numbers.
 *
 * Files are read in `node/`. Which rows belong together is `data`'s business.
 */
export { bleu } from "./bleu/bleu.ts";
export { cider } from "./cider/cider.ts";
export { type EvaluateOptions, type Evaluation, evaluate, type NamedOutcome } from "./evaluate.ts";
export { type WeightedFamily, weightedFamilies } from "./families.ts";
export {
  type Average,
  type Indicators,
  type LabelColumn,
  type LabelReport,
  type LabelScore,
  labelMeasurement,
  labelReport,
} from "./labels/multilabel.ts";
export { type ColumnScores, meansOf, notComputed, scoresOf, valuesOf } from "./measurement.ts";
export {
  isMeasured,
  type Measurement,
  type Metric,
  type NotComputed,
  type Outcome,
  type Pair,
  type TextMetric,
} from "./metric.ts";
export { type ProfileName, profileNames } from "./profiles.ts";
export { cocoRougeL } from "./rouge/coco-rouge-l.ts";
export { rouge1, rouge2, rougeL } from "./rouge/rouge.ts";
export {
  type BootstrapOptions,
  bootstrap,
  type Estimate,
  type PairedEstimate,
  pairedBootstrap,
} from "./statistics/bootstrap.ts";
export type { Resamples } from "./statistics/draws.ts";
export { type EffectSize, effectSize } from "./statistics/effect-size.ts";
export { holm } from "./statistics/holm.ts";
export { type Interval, type IntervalKind, intervalKinds } from "./statistics/intervals.ts";
export {
  approximateRandomisation,
  type RandomisationOptions,
  type RandomisationResult,
  type RandomisationTable,
} from "./statistics/randomisation.ts";
export { type CorpusValue, corpusValues, formatScores, itemScores, scoresDocument } from "./table.ts";
