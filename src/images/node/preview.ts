/** Small pictures of films for pages. */
import sharp from "sharp";
import type { ImageSize } from "../boxes.ts";
import type { Film } from "../film.ts";
import { normalise } from "../normalise.ts";

/** A film as people see it on a page: normalised as for the encoder, scaled down, JPEG. */
export async function filmPreview(film: Film, width: number): Promise<ImageSize & { readonly jpeg: Uint8Array }> {
  const { pixels, ...size } = normalise(film);
  const { data, info } = await sharp(pixels, { raw: { width: size.width, height: size.height, channels: 1 } })
    .resize({ width, withoutEnlargement: true })
    .jpeg({ quality: 80 })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, jpeg: data };
}
