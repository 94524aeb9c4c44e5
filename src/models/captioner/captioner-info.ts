/** What a checkpoint says about itself: enough to run it without the files of its training. */
import { z } from "zod";
import { mapperConfigSchema } from "../mapper/index.ts";
import { visualInputSchema } from "./visual-input.ts";

/** A model folder as it was when it was used. */
export const modelIdentitySchema = z.object({
  name: z.string(),
  /** Where it was found: a hint, checked by the hash. */
  path: z.string(),
  /** SHA-256 over configuration and weights. */
  hash: z.string(),
});

export type ModelIdentity = z.infer<typeof modelIdentitySchema>;

export const captionerInfoSchema = z.object({
  mapper: mapperConfigSchema,
  input: visualInputSchema,
  decoder: modelIdentitySchema,
  /** Whether the decoder was trained too; its weights are then in the checkpoint. */
  jointDecoder: z.boolean(),
});

export type CaptionerInfo = z.infer<typeof captionerInfoSchema>;
