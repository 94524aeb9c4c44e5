/** GPT-2, the decoder. */
export { cachedStep, type KeysValues, type StepInputs } from "./cached-step.ts";
export { type Gpt2Config, parseGpt2Config } from "./config.ts";
export { decode, decoderPrefix, embedTokens, outputLogits } from "./forward.ts";
