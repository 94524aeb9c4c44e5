/** Transforms as a list that a configuration can hold: one row per kind in the table, one walk over the list. */
import { z } from "zod";
import type { Row } from "../vocabulary.ts";
import { boxPresentBit, centralBox, otherPatientBoxes, shuffledBoxes } from "./box-controls.ts";
import { boxNoiseSchema, noiseBoxes } from "./box-noise.ts";
import { groundedFraction } from "./grounded-fraction.ts";
import { subset } from "./subset.ts";

const percent = z.number().min(0).max(100);
const seed = z.number().int();

export const rowTransformSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("subset"), percent, by: z.enum(["row", "study"]), seed }),
  z.strictObject({ kind: z.literal("grounded-fraction"), percent, seed }),
  boxNoiseSchema.extend({ kind: z.literal("box-noise") }),
  z.strictObject({ kind: z.literal("box-present-bit") }),
  z.strictObject({ kind: z.literal("shuffled-boxes"), seed }),
  z.strictObject({ kind: z.literal("other-patient-boxes"), seed }),
  z.strictObject({ kind: z.literal("central-box"), on: z.enum(["boxes", "all"]) }),
]);

/** One transform with all its settings, as plain JSON. */
export type RowTransform = z.output<typeof rowTransformSchema>;

type Kind = RowTransform["kind"];

const functions: {
  readonly [K in Kind]: <R extends Row>(rows: readonly R[], settings: Extract<RowTransform, { kind: K }>) => R[];
} = {
  subset,
  "grounded-fraction": groundedFraction,
  "box-noise": noiseBoxes,
  "box-present-bit": boxPresentBit,
  "shuffled-boxes": shuffledBoxes,
  "other-patient-boxes": otherPatientBoxes,
  "central-box": centralBox,
};

function applyOne<R extends Row, K extends Kind>(rows: readonly R[], transform: Extract<RowTransform, { kind: K }>) {
  return functions[transform.kind as K](rows, transform);
}

/** Applies the transforms one after the other. The type of the split stays: training rows remain training rows. */
export function applyTransforms<R extends Row>(rows: readonly R[], transforms: readonly RowTransform[]): readonly R[] {
  return transforms.reduce<readonly R[]>((before, transform) => applyOne(before, transform), rows);
}
