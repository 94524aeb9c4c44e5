/** Encoders of BERT's family (BERT, DistilBERT, RoBERTa), which the model-based metrics read texts with. */
export { type BertConfig, type BertFamily, bertFamilies, longestText, parseBertConfig } from "./config.ts";
export {
  bertGraph,
  type EncodeOptions,
  type EncoderInput,
  encoderInput,
  encodeTokens,
  forbidden,
  type PackedShape,
  startsInput,
} from "./forward.ts";
export { inferBertConfig } from "./infer-config.ts";
export { bertStoredName } from "./names.ts";
export { bertShapes, bertSpread } from "./parameters.ts";
