/** The search as options and configurations say it; defaults are the paper's (REFERENCE §4). */
import { z } from "zod";
import { type GenerationSettings, paperSearch } from "./captioner.ts";

export const searchShape = {
  method: z
    .enum(["beam", "top-p"])
    .default(paperSearch.method)
    .describe("Search; top-p as the public code does it is greedy"),
  beams: z.number().int().positive().default(paperSearch.beams).describe("Beams of a row"),
  maxTokens: z.number().int().positive().default(paperSearch.maxTokens).describe("Most tokens of a sentence"),
  temperature: z.number().default(paperSearch.temperature).describe("Divides the logits; 0 or less means 1"),
  stop: z.string().min(1).default(paperSearch.stop).describe("Text whose first token ends a sentence"),
};

export function generationSettings(
  options: z.output<z.ZodObject<typeof searchShape>> & { readonly batchSize: number },
): GenerationSettings {
  const { method, beams, maxTokens, temperature, stop, batchSize } = options;
  return { method, beams, maxTokens, temperature, stop, batchSize };
}
