/** A radiograph in memory. */
import type { ImageSize } from "./boxes.ts";

/** How the file stored its pixels. Anything but `grey` is what the protocol key `imagesNotGrey` speaks of. */
export type ColourModel = "grey" | "grey-alpha" | "rgb" | "rgba" | "palette" | "cmyk";

/** What a file's header promises. */
export interface FilmHeader extends ImageSize {
  readonly colourModel: ColourModel;
  /** Bits of a grey level after decoding. 16 only for 16-bit grey, with or without alpha. */
  readonly depth: 8 | 16;
}

/** A decoded film: one grey level a pixel, `[height, width]` row-major, over the full range of its depth. */
export type Film = FilmHeader &
  (
    | { readonly depth: 8; readonly pixels: Uint8Array<ArrayBuffer> }
    | { readonly depth: 16; readonly pixels: Uint16Array<ArrayBuffer> }
  );

/** An 8-bit grey image, `[height, width]` row-major: a normalised film, a mask, or either fitted to the encoder's view. */
export interface GreyImage extends ImageSize {
  readonly pixels: Uint8Array<ArrayBuffer>;
}
