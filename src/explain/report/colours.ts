/** Colours of maps: a library's scales, and the jet of the paper's figure. */
import { rgb } from "d3-color";
import { interpolateInferno, interpolateRdBu } from "d3-scale-chromatic";

/** Red, green, blue in 0..255, and how much of the film they hide, 0..1. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** A value of a scaled map as a colour. */
export type ColourScale = (value: number) => Colour;

function parsed(text: string, alpha: number): Colour {
  const { r, g, b } = rgb(text);
  return [r, g, b, alpha];
}

/** A scale at 513 places of low..1, the nearest of which answers: a library's colours are texts, slow to read for each pixel. */
function tabulated(low: number, scale: ColourScale): ColourScale {
  const last = 512;
  const table = Array.from({ length: last + 1 }, (_, i) => scale(low + ((1 - low) * i) / last));
  return (value) => table[Math.max(0, Math.min(last, Math.round((last * (value - low)) / (1 - low))))]!;
}

/** -1..1: blue lowers the score, red raises it, nothing is clear. */
export const signedColours: ColourScale = tabulated(-1, (value) =>
  parsed(interpolateRdBu((1 - value) / 2), 0.8 * Math.abs(value) ** 0.6),
);

/** 0..1: from clear to bright. */
export const positiveColours: ColourScale = tabulated(0, (value) =>
  parsed(interpolateInferno(0.2 + 0.75 * value), 0.75 * value),
);

/** 0..1 as the paper's figure has it: jet over the whole film, 0.35 of it. */
export const jetColours: ColourScale = (value) => {
  const ramp = (centre: number) => 255 * Math.max(0, Math.min(1, 1.5 - Math.abs(4 * value - centre)));
  return [ramp(3), ramp(2), ramp(1), 0.35];
};

/** The colour itself, hiding everything. */
export function opaque(scale: ColourScale, value: number): string {
  const [r, g, b] = scale(value);
  return `rgb(${Math.round(r)},${Math.round(g)},${Math.round(b)})`;
}

/** A scale as over a film, for a legend that browsers draw: CSS colours from the low end to the high one. */
export function legendStops(scale: ColourScale, low: number, count = 9): string[] {
  return Array.from({ length: count }, (_, i) => {
    const [r, g, b, alpha] = scale(low + ((1 - low) * i) / (count - 1));
    // As over a mid-grey of a film.
    const over = (channel: number) => Math.round(alpha * channel + (1 - alpha) * 110);
    return `rgb(${over(r)},${over(g)},${over(b)})`;
  });
}
