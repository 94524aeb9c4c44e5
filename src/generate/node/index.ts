/** Generation with models from disk. */
export { type DescriberOptions, loadDescriberParts, openDescriber } from "./open-describer.ts";
export { type BundleRequest, type BundleSizes, writeBundle } from "./write-bundle.ts";
export {
  type PredictionColumn,
  type PredictionsRequest,
  predictionColumns,
  referenceColumns,
  writePredictions,
} from "./write-predictions.ts";
