/** From a film or its boxes to the numbers CLIP sees (REFERENCE 2.3). */
import type { BandedImage } from "./bands.ts";
import { type ImageSize, pixelBox, type UnitBox } from "./boxes.ts";
import type { Film, GreyImage } from "./film.ts";
import type { LevelImage } from "./levels.ts";
import { bandedMask } from "./mask.ts";
import { brighten } from "./normalise.ts";
import { resizeBicubic } from "./resample.ts";
import { type EncoderView, placeView } from "./view.ts";

/** Scales an image and cuts or pads it to the view: `[S, S]`. */
export function fitToView(image: GreyImage | LevelImage | BandedImage, view: EncoderView): GreyImage {
  const { side } = view;
  const { scaled, left, top } = placeView(image, view);
  const visible = pixelBox(
    Math.max(0, left),
    Math.max(0, top),
    Math.min(scaled.width, left + side),
    Math.min(scaled.height, top + side),
  );
  const shown = resizeBicubic(image, scaled, visible);
  if (shown.width === side && shown.height === side) return shown;
  const pixels = new Uint8Array(side * side);
  for (let y = 0; y < shown.height; y++) {
    const row = shown.pixels.subarray(y * shown.width, (y + 1) * shown.width);
    pixels.set(row, (visible.y1 - top + y) * side + visible.x1 - left);
  }
  return { width: side, height: side, pixels };
}

/** A film as the encoder's 8-bit input: normalised at full resolution, then fitted. `[S, S]` */
export function filmInput(film: Film, view: EncoderView): GreyImage {
  return fitToView(brighten(film), view);
}

/** Boxes as the encoder's 8-bit input: drawn at the film's full resolution, then fitted like the film. `[S, S]` */
export function maskInput(boxes: readonly UnitBox[], film: ImageSize, view: EncoderView): GreyImage {
  return fitToView(bandedMask(boxes, film), view);
}

/** CLIP's statistics of its training images, for red, green, blue. */
const mean = [0.48145466, 0.4578275, 0.40821073] as const;
const standardDeviation = [0.26862954, 0.26130258, 0.27577711] as const;

/** Grey level → normalised value, a table a channel, each operation rounded to float32 as PyTorch does. */
const channelTables = mean.map((m, channel) => {
  const centred = Float32Array.from({ length: 256 }, (_, level) => Math.fround(level / 255) - Math.fround(m));
  return centred.map((value) => value / Math.fround(standardDeviation[channel]!));
});

/**
 * CLIP's input tensor: the grey image in all three channels, /255, minus mean, over standard deviation.
 * @param into [3, S, S] float32, written
 */
export function writeClipInput({ pixels }: GreyImage, into: Float32Array): void {
  for (const [channel, table] of channelTables.entries()) {
    const start = channel * pixels.length;
    for (let i = 0; i < pixels.length; i++) into[start + i] = table[pixels[i]!]!;
  }
}

/** `writeClipInput` into a new tensor, [3, S, S] float32. */
export function clipInput(image: GreyImage): Float32Array<ArrayBuffer> {
  const tensor = new Float32Array(3 * image.pixels.length);
  writeClipInput(image, tensor);
  return tensor;
}
