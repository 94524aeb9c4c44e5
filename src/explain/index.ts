/**
 * Explanations: from the words back to the film and the mask that the encoder saw, to the mapper's latent tokens, and what the
 * words would have been under other boxes; and how far such maps can be trusted.
 *
 * Pictures and files are made in `node/`. The networks are `models`' own forward functions, walked backwards by `graph`.
 */
export { type BoxVariant, boxVariants } from "./counterfactual/box-variants.ts";
export { type Counterfactual, counterfactuals, type WordChange, wordChanges } from "./counterfactual/counterfactual.ts";
export { Explainer, type Written } from "./explainer.ts";
export {
  type LatentMaps,
  type LatentMode,
  latentMaps,
  latentModes,
  latentNotice,
  mostSquareGrid,
  scaleToUnit,
  truncateTo8Bit,
} from "./latent/latent-map.ts";
export {
  type Attribution,
  attribute,
  defaultMethodOptions,
  isSigned,
  type MethodName,
  type MethodOptions,
  methodNames,
  methodsFor,
  methodUnits,
} from "./methods/index.ts";
export { type PatchMap, patchesAcross, ranked, sumPatches } from "./patch-map.ts";
export { scoreGrid } from "./report/score-grid.ts";
export { centreMap, randomMap } from "./scores/baseline-maps.ts";
export { areaUnder, type Curves, curvesOf } from "./scores/faithfulness.ts";
export { insideShare, type Localisation, localise } from "./scores/localisation.ts";
export {
  baselineMaps,
  lowerIsBetter,
  type MapSummary,
  type RowScores,
  type ScoreColumn,
  type ScoredRow,
  type ScoringOptions,
  scoreColumns,
  scoreMaps,
  summarise,
} from "./scores/map-scores.ts";
export {
  type Baseline,
  baselineNames,
  baselineOf,
  pixelsOf,
  type Question,
  type Stream,
  type Subject,
  scoreOf,
  streamsOf,
  type Target,
} from "./subject.ts";
export { ExplainedSystem } from "./system.ts";
export type { SystemConfig } from "./system-graph.ts";
