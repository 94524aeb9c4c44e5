/**
 * Input transforms: what the studies and controls change about rows before anything is encoded. Each is a pure
 * function from rows to rows that depends on its settings and seed only; none reads a file.
 *
 * `applyTransforms` runs a list of them that a configuration can hold, so that a run records exactly what it saw.
 * Controls that change pixels or replace the mask by numbers are functions of a normalised film and boxes.
 */
export { applyTransforms, type RowTransform, rowTransformSchema } from "./apply.ts";
export { boxPresentBit, centralBox, otherPatientBoxes, shuffledBoxes } from "./box-controls.ts";
export { type BoxNoise, defaultBoxNoise, type NoiseSide, noiseBoxes } from "./box-noise.ts";
export { cropToBoxes, drawBoxes } from "./film-controls.ts";
export { groundedFraction } from "./grounded-fraction.ts";
export { readBoxesOf } from "./readers.ts";
export { keptCount, subset } from "./subset.ts";
