/**
 * Pretraining of tiny models from scratch, through the same graph, optimiser and loop as everything else: a language
 * model on sentences, CLIP's two towers on films, masks and sentences; and linear probes that tell what was learned.
 */
export { type ClipConfig, ContrastiveLearner, type SeenExample } from "./contrastive.ts";
export { LanguageLearner, packBlocks, type TokenBlock } from "./language-model.ts";
export { placeSentences, randomBox } from "./place-sentences.ts";
export { areaUnderCurve, determination, fitLinear, type LinearProbe } from "./probes.ts";
