/** Grey levels and the table that makes 8-bit grey of them, not yet applied. */
import type { ImageSize } from "./boxes.ts";
import type { GreyImage } from "./film.ts";

/**
 * An 8-bit grey image as levels and a table. What reads only a part of a film, or reads each level once, looks up as it
 * goes and saves the whole image a pass and its memory.
 */
export interface LevelImage extends ImageSize {
  /** `[height, width]` row-major. */
  readonly levels: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  /** Level → 8-bit grey, for every level that a pixel can have. */
  readonly table: Uint8Array<ArrayBuffer>;
}

const sameGrey = Uint8Array.from({ length: 256 }, (_, level) => level);

export function levelsOf({ width, height, pixels }: GreyImage): LevelImage {
  return { width, height, levels: pixels, table: sameGrey };
}

export function lookUp({ width, height, levels, table }: LevelImage): GreyImage {
  if (table === sameGrey) return { width, height, pixels: levels as Uint8Array<ArrayBuffer> };
  const pixels = new Uint8Array(levels.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[levels[i]!]!;
  return { width, height, pixels };
}
