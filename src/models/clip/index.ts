/** CLIP's image encoders, frozen: vision transformers and residual networks. */
export { type ClipVisionConfig, parseClipConfig } from "./config.ts";
export { type EncoderConfig, embedImages, encoderGraph } from "./encoder.ts";
export { encodeImages, hiddenStates, projectToken } from "./forward.ts";
export { configOfOpenAiNames, type OpenAiSource, openAiHeadWidth, openAiSource } from "./openai-names.ts";
export { openAiShapes, openAiSpread } from "./openai-parameters.ts";
export { clipVisionSpread, encoderShapes } from "./parameters.ts";
export { encodeWithResNet, type ResNetConfig, resNetReduction } from "./resnet.ts";
export { type ClipTextConfig, encodeTexts } from "./text.ts";
