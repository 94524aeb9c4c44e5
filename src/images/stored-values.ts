/**
 * From the values that a DICOM file stores to the grey levels of a film.
 *
 * The model sees stored values, not a doctor's display: only what decides which end is dark is applied (the sign of the
 * rescale slope, MONOCHROME1), a modality LUT, and pixel padding. The window is not: the reference's own min-max and p99
 * take its place (REFERENCE 2.1), and a film gives the same levels as the PNG made from its stored values.
 */
import type { Film, GreyImage } from "./film.ts";

/** A table over stored values: entry 0 is for `first` and everything below, the last one for everything above. */
export interface LookupTable {
  readonly first: number;
  readonly values: Uint16Array;
  /** Bits of an entry, 8 to 16. */
  readonly bits: number;
}

/** The part of the grey scale that a display shows: DICOM PS3.3 C.11.2.1. */
export interface Window {
  readonly centre: number;
  readonly width: number;
  readonly shape: "linear" | "linear exact" | "sigmoid";
}

/** Pixels as stored, and what their file says about them. */
export interface StoredImage {
  readonly width: number;
  readonly height: number;
  /** [height, width] row-major, sign extended. */
  readonly values: Int32Array;
  /** 8 to 16. */
  readonly bits: number;
  readonly isSigned: boolean;
  /** MONOCHROME1: the lowest value is white. */
  readonly isLowestWhite: boolean;
  readonly rescale: { readonly slope: number; readonly intercept: number };
  /** In place of the rescaling, where the file has one. */
  readonly modalityTable: LookupTable | undefined;
  /** Values (both ends included) of pixels that are no part of the film. */
  readonly padding: { readonly low: number; readonly high: number } | undefined;
  /** For displays only: the first window, or else the first VOI LUT. */
  readonly voi: Window | LookupTable | undefined;
}

function lookUp({ first, values }: LookupTable, value: number): number {
  return values[Math.max(0, Math.min(values.length - 1, Math.round(value) - first))]!;
}

function lowestStored({ bits, isSigned }: StoredImage): number {
  return isSigned ? -(2 ** (bits - 1)) : 0;
}

/** One value per possible stored value, from the lowest up. */
function tabulate<T extends ArrayLike<number>>(
  image: StoredImage,
  from: (length: { length: number }, value: (_: unknown, i: number) => number) => T,
  of: (stored: number) => number,
): T {
  const lowest = lowestStored(image);
  return from({ length: 2 ** image.bits }, (_, i) => of(lowest + i));
}

function isPadding({ padding }: StoredImage, value: number): boolean {
  return padding !== undefined && value >= padding.low && value <= padding.high;
}

/** Level per stored value as the model sees it, brighter is higher. */
function levelTable(image: StoredImage): { readonly levels: Uint16Array; readonly bits: number } {
  const { modalityTable, rescale, isLowestWhite } = image;
  const bits = modalityTable?.bits ?? image.bits;
  const highest = 2 ** bits - 1;
  const lowest = lowestStored(image);
  const isReversed = isLowestWhite !== (modalityTable === undefined && rescale.slope < 0);
  const levels = tabulate(image, Uint16Array.from.bind(Uint16Array), (stored) => {
    const level = modalityTable === undefined ? stored - lowest : lookUp(modalityTable, stored);
    return isReversed ? highest - level : level;
  });
  return { levels, bits };
}

/**
 * The film that the model sees. 8-bit unsigned values give an 8-bit film, as the PNG of them would be; everything else
 * goes the 16-bit way, whose min-max makes an offset and a factor (sign, rescaling, unused bits) meaningless. Padding
 * becomes the darkest level of the film itself, so that it moves neither end.
 */
export function filmOfStoredValues(image: StoredImage): Film {
  const { width, height, values, isSigned } = image;
  const { levels, bits } = levelTable(image);
  const lowest = lowestStored(image);
  let darkest = 0xffff;
  for (const value of values) if (!isPadding(image, value)) darkest = Math.min(darkest, levels[value - lowest]!);
  const level = (value: number) => (isPadding(image, value) ? darkest : levels[value - lowest]!);
  const header = { width, height, colourModel: "grey" as const };
  if (bits === 8 && !isSigned) return { ...header, depth: 8, pixels: Uint8Array.from(values, level) };
  return { ...header, depth: 16, pixels: Uint16Array.from(values, level) };
}

/** PS3.3 C.11.2.1.2 and .3, to 0..1. */
function windowed({ centre, width, shape }: Window, value: number): number {
  if (shape === "sigmoid") return 1 / (1 + Math.exp((-4 * (value - centre)) / width));
  if (shape === "linear exact") return Math.max(0, Math.min(1, (value - centre) / width + 0.5));
  if (width <= 1) return value <= centre - 0.5 ? 0 : 1;
  return Math.max(0, Math.min(1, (value - (centre - 0.5)) / (width - 1) + 0.5));
}

/**
 * The film as a display shows it: rescaled, the first window or VOI LUT applied (without one, from the lowest to the
 * highest value that occurs), MONOCHROME1 turned round, 8 bits. For people's eyes; the model never sees it.
 */
export function displayedImage(image: StoredImage): GreyImage {
  const { width, height, values, modalityTable, rescale, voi, isLowestWhite } = image;
  const lowest = lowestStored(image);
  const modality = (stored: number) =>
    modalityTable === undefined ? stored * rescale.slope + rescale.intercept : lookUp(modalityTable, stored);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (isPadding(image, value)) continue;
    least = Math.min(least, modality(value));
    most = Math.max(most, modality(value));
  }
  const shown = (value: number) => {
    if (voi === undefined) return most > least ? (value - least) / (most - least) : 0;
    return "values" in voi ? lookUp(voi, value) / (2 ** voi.bits - 1) : windowed(voi, value);
  };
  const table = tabulate(image, Float64Array.from.bind(Float64Array), (stored) => {
    const light = Math.max(0, Math.min(1, shown(modality(stored))));
    return isPadding(image, stored) ? 0 : isLowestWhite ? 1 - light : light;
  });
  return { width, height, pixels: Uint8Array.from(values, (value) => Math.round(255 * table[value - lowest]!)) };
}
