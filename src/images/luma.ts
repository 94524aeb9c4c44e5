/** Colour to grey in whole numbers, as Pillow's `convert("L")` computes it (ITU-R 601 weights in 16-bit fixed point). */

/**
 * Luma of interleaved RGB.
 * @param rgb [pixels, 3] 8 bit
 * @returns [pixels] (19595·R + 38470·G + 7471·B + 32768) >> 16
 */
export function lumaOfRgb(rgb: Uint8Array): Uint8Array<ArrayBuffer> {
  const grey = new Uint8Array(rgb.length / 3);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    grey[i] = (19595 * rgb[at]! + 38470 * rgb[at + 1]! + 7471 * rgb[at + 2]! + 32768) >> 16;
  }
  return grey;
}

/**
 * RGB of interleaved CMYK without a colour profile: every ink takes its share of the light that black leaves.
 * @param cmyk [pixels, 4] 8 bit, 255 full ink
 * @returns [pixels, 3]
 */
export function rgbOfCmyk(cmyk: Uint8Array): Uint8Array<ArrayBuffer> {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += 4, to += 3) {
    const light = 255 - cmyk[from + 3]!;
    for (let ink = 0; ink < 3; ink++) rgb[to + ink] = light - Math.round((cmyk[from + ink]! * light) / 255);
  }
  return rgb;
}
