/**
 * From a visual vector to a sentence: beam search over a cached decoder, in batches.
 *
 * Not here: the networks themselves (models), embeddings (features), scoring (metrics).
 */
export type { Beam } from "./beam-search.ts";
export { type Caption, Captioner, type GenerationSettings, paperSearch, stopTokenOf } from "./captioner.ts";
export { Describer, type DescriberParts, type Description } from "./describer.ts";
export { generationSettings, searchShape } from "./search-shape.ts";
