/** CLIP's vision tower, the frozen encoder. */
export { type ClipVisionConfig, parseClipConfig } from "./config.ts";
export { encodeImages } from "./forward.ts";
