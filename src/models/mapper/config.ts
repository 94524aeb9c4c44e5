/** Sizes of the mapper; the paper's in `paperMapper` (REFERENCE §2.6). */
import { z } from "zod";

const size = z.number().int().positive();

export const mapperConfigSchema = z.object({
  kind: z.enum(["transformer", "mlp"]),
  /** C: width of the input, encoder width for one embedding, twice that for image and mask. */
  inputWidth: size,
  /** E: width of the decoder. */
  decoderWidth: size,
  /** P: prefix tokens handed to the decoder. */
  prefixLength: size,
  /** L: tokens that the input is unpacked into (transformer only). */
  latentLength: size,
  layers: size,
  heads: size,
  /** Width of the hidden layer of each MLP block over E. */
  mlpRatio: size,
});

export type MapperConfig = z.infer<typeof mapperConfigSchema>;
