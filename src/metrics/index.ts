/**
 * Metrics of generated text: a folder a metric, joined by profiles. Words and numbers suffice for most; BERTScore, F1CheXbert and
 * F1RadGraph are handed a runtime and a function that reads their model.
 *
 * Files are read in `node/`. Which rows belong together is `data`'s business.
 */
export { type Baseline, baselines } from "./bertscore/baselines.ts";
export { type BertScoreOptions, type BertScores, bertScore, bertScores } from "./bertscore/bertscore.ts";
export { bleu } from "./bleu/bleu.ts";
export { boxesCell, listCell } from "./cells.ts";
export { cider } from "./cider/cider.ts";
export { type ComparedColumn, type CompareOptions, type Comparison, compare, comparisonGrid } from "./compare.ts";
export type { EncoderModel } from "./encoder/sequence-encoder.ts";
export { type EvaluateOptions, type Evaluation, evaluate, type NamedOutcome } from "./evaluate.ts";
export { type ChexbertOptions, classifyReports } from "./f1chexbert/classify.ts";
export { f1Chexbert } from "./f1chexbert/f1chexbert.ts";
export { chexbertClasses, chexbertLabels, fiveLabels } from "./f1chexbert/labels.ts";
export { annotateReports, type RadgraphOptions, type RadgraphParts } from "./f1radgraph/annotate.ts";
export type { Annotation, Entity } from "./f1radgraph/annotation.ts";
export { type F1RadgraphOptions, f1Radgraph, radgraphRewards } from "./f1radgraph/f1radgraph.ts";
export { type CaseRule, type RewardLevel, radgraphReward, rewardLevels } from "./f1radgraph/rewards.ts";
export { type WeightedFamily, weightedFamilies } from "./families.ts";
export { type Grid, gridAsLatex, gridAsMarkdown, gridAsText } from "./grid.ts";
export { type GroundedPair, groundingScores, regionScore } from "./grounding/grounding.ts";
export { labelF1 } from "./labeler/label-f1.ts";
export { type Labels, labelText } from "./labeler/label-text.ts";
export { type LabelName, labelNames } from "./labeler/mentions.ts";
export {
  type Average,
  type Indicators,
  type LabelColumn,
  type LabelReport,
  type LabelScore,
  labelMeasurement,
  labelReport,
} from "./labels/multilabel.ts";
export { padchestLabelF1 } from "./labels/padchest-label-f1.ts";
export { type ColumnScores, meansOf, notComputed, scoresOf, valuesOf } from "./measurement.ts";
export type { Memory, OpenMemory } from "./memory.ts";
export {
  isMeasured,
  type Measurement,
  type Metric,
  type NotComputed,
  type Outcome,
  type Pair,
  type TextMetric,
} from "./metric.ts";
export { locationF1 } from "./places/locations.ts";
export { laterality } from "./places/sides.ts";
export { columnsOfProfile, type ProfileName, profileNames, weightedFamiliesOf } from "./profiles.ts";
export { cocoRougeL } from "./rouge/coco-rouge-l.ts";
export { rouge1, rouge2, rougeL } from "./rouge/rouge.ts";
export {
  columnOf,
  joinedRows,
  matchRows,
  type PairColumns,
  pairsOf,
  type Rows,
  remarksOn,
  reordered,
  withStudyReferences,
} from "./rows.ts";
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
export { type Stratum, strataOf } from "./strata.ts";
export {
  type CorpusValue,
  corpusValues,
  formatScores,
  intervalsGrid,
  itemScores,
  scoresDocument,
  scoresGrid,
} from "./table.ts";
