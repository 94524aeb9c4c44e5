/** The captioning model: a mapper in front of a decoder. */
export { type CaptionBatch, type CaptionerConfig, captionLoss, inDecoder } from "./captioner.ts";
