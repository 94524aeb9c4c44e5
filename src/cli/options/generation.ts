/** Options of every command that writes sentences: the paper's search (REFERENCE §4). */
import { z } from "zod";
import type { GenerationSettings } from "../../generate/index.ts";

export const generationOptions = {
  method: z.enum(["beam", "top-p"]).default("beam").describe("Search; top-p as the public code does it is greedy"),
  beams: z.number().int().positive().default(5).describe("Beams of a row"),
  maxTokens: z.number().int().positive().default(15).describe("Most tokens of a sentence"),
  temperature: z.number().default(1).describe("Divides the logits; 0 or less means 1"),
  stop: z.string().min(1).default(".").describe("Text whose first token ends a sentence"),
};

type GenerationOptions = z.infer<z.ZodObject<typeof generationOptions>>;

export function generationSettings(options: GenerationOptions & { readonly batchSize: number }): GenerationSettings {
  const { method, beams, maxTokens, temperature, stop, batchSize } = options;
  return { method, beams, maxTokens, temperature, stop, batchSize };
}
