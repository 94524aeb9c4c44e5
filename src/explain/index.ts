/**
 * Explanations: from the words back to the film and the mask that the encoder saw, to the mapper's latent tokens, and what the
 * words would have been under other boxes; and how far such maps can be trusted.
 *
 * Pictures and files are made in `node/`. The networks are `models`' own forward functions, walked backwards by `graph`.
 */
export { Explainer } from "./explainer.ts";
export { latentMaps, latentModes } from "./latent/latent-map.ts";
export { attribute, defaultMethodOptions, methodNames, methodsFor } from "./methods/index.ts";
export { baselineNames, type Question, type Subject, type Target } from "./subject.ts";
export { ExplainedSystem } from "./system.ts";
export type { SystemConfig } from "./system-graph.ts";
