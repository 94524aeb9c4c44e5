/** Pretraining on disk: from a data set to a model folder with its card. */
export { type PretrainClipOptions, pretrainClip } from "./pretrain-clip.ts";
export { type PretrainData, type PretrainGpt2Options, pretrainGpt2 } from "./pretrain-gpt2.ts";
export { type ProbeScores, probeEmbeddings, probeMasks } from "./probe-embeddings.ts";
