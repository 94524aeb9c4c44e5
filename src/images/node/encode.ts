/** Writing 16-bit grey PNG. */
import sharp from "sharp";
import type { ImageSize } from "../boxes.ts";

/**
 * A 16-bit grey PNG file with exactly these levels.
 * @param pixels [height, width] row-major
 */
export async function encodePng16({ width, height }: ImageSize, pixels: Uint16Array): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace("grey16")
    .png()
    .toBuffer();
}

/** Grey of 8 bits as a PNG. @param pixels [height, width] */
export async function encodePng8({ width, height }: ImageSize, pixels: Uint8Array): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toBuffer();
}
