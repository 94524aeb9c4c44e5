/** Small pictures of films for pages. */
import sharp from "sharp";
import type { ImageSize } from "../boxes.ts";
import type { Film } from "../film.ts";
import { normalise } from "../normalise.ts";

function normalised(film: Film) {
  const { pixels, width, height } = normalise(film);
  return sharp(pixels, { raw: { width, height, channels: 1 } });
}

/** A film as people see it on a page: normalised as for the encoder, scaled down, JPEG. */
export async function filmPreview(film: Film, width: number): Promise<ImageSize & { readonly jpeg: Uint8Array }> {
  const { data, info } = await normalised(film)
    .resize({ width, withoutEnlargement: true })
    .jpeg({ quality: 80 })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, jpeg: data };
}

/** A film as a square tile of a contact sheet: [size, size] levels of 16 bits. */
export async function filmTile(film: Film, size: number): Promise<Uint16Array> {
  const { data } = await normalised(film)
    .resize({ width: size, height: size, fit: "fill" })
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Uint16Array.from(data, (level) => level * 257);
}
