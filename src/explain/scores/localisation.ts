/** Whether a map points into the boxes: REFERENCE has no such score; the rules are the field's, on the encoder's patches. */
import type { GreyImage } from "../../images/index.ts";
import { type PatchMap, ranked, sumPatches } from "../patch-map.ts";

export interface Localisation {
  /** 1 when the highest patch meets a box: its centre lies in the box or within half a patch of it. */
  readonly pointing: number;
  /** Intersection over union of the boxes and the highest patches, as many as have the boxes' area (at least one). */
  readonly iou: number;
  /** Share of the map's positive values that lies inside the boxes; a patch counts by the share of it that is inside. */
  readonly energy: number;
}

/**
 * The share of each patch that the boxes cover.
 * @param mask the boxes as the encoder sees them, [S, S]: white inside
 * @param size pixels along the side of a patch
 */
export function insideShare({ width, pixels }: GreyImage, size: number): PatchMap {
  const inside = Uint8Array.from(pixels, (level) => Number(level >= 128));
  const { side, values } = sumPatches(inside, width, size);
  return { side, values: values.map((count) => count / size ** 2) };
}

/** @param inside of the boxes, the same patches as the map's; some of it is not 0 */
export function localise(map: PatchMap, inside: PatchMap): Localisation {
  const order = ranked(map);
  const area = inside.values.reduce((sum, share) => sum + share, 0);
  const count = Math.max(1, Math.round(area));
  const shared = order.slice(0, count).reduce((sum, patch) => sum + inside.values[patch]!, 0);
  const positive = map.values.map((value) => Math.max(0, value));
  const total = positive.reduce((sum, value) => sum + value, 0);
  const within = positive.reduce((sum, value, patch) => sum + value * inside.values[patch]!, 0);
  return {
    pointing: Number(inside.values[order[0]!]! > 0),
    iou: shared / (count + area - shared),
    // A map without any positive value prefers no place: what a map of equal values would get.
    energy: total > 0 ? within / total : area / inside.values.length,
  };
}
