/** CLIP's vision tower, the frozen encoder. */
export { type ClipVisionConfig, parseClipConfig } from "./config.ts";
export { encodeImages, encoderGraph } from "./forward.ts";
export { clipVisionShapes, clipVisionSpread } from "./parameters.ts";
export { type ClipTextConfig, encodeTexts } from "./text.ts";
