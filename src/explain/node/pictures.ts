/** Pictures as files: films at the size of a page, overlays, and the figure of the paper. */
import sharp from "sharp";
import { escapeHtml } from "../../base/html.ts";
import { type Film, type GreyImage, normalise } from "../../images/index.ts";
import type { ColourImage } from "../report/overlay.ts";

/** A film's grey levels stretched from its darkest to its brightest, as the paper's figure shows it. */
export function stretchLevels({ width, height, pixels }: Film): GreyImage {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < pixels.length; i++) {
    low = Math.min(low, pixels[i]!);
    high = Math.max(high, pixels[i]!);
  }
  const factor = 255 / Math.max(1, high - low);
  return { width, height, pixels: Uint8Array.from(pixels, (level) => (level - low) * factor) };
}

/** Grey levels scaled to at most `width` columns. */
async function scaledTo(image: GreyImage, width: number): Promise<GreyImage> {
  const { data, info } = await sharp(image.pixels, { raw: { width: image.width, height: image.height, channels: 1 } })
    .resize({ width, withoutEnlargement: true })
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
}

/** A film as the encoder's normalisation brightens it, small. */
export function smallFilm(film: Film, width: number): Promise<GreyImage> {
  return scaledTo(normalise(film), width);
}

/** A film from its darkest to its brightest level, small. */
export function smallStretchedFilm(film: Film, width: number): Promise<GreyImage> {
  return scaledTo(stretchLevels(film), width);
}

function raw({ width, height, pixels }: ColourImage) {
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

export async function asJpeg(image: ColourImage): Promise<Uint8Array> {
  return raw(image).jpeg({ quality: 78, mozjpeg: true }).toBuffer();
}

/** Words in lines of at most so many characters. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export interface Legend {
  /** CSS colours from the low end to the high one. */
  readonly stops: readonly string[];
  readonly low: string;
  readonly high: string;
}

export interface Panel {
  readonly image: ColourImage;
  /** Above the picture. */
  readonly title: string;
  /** Below the picture. */
  readonly note?: string;
  readonly legend?: Legend;
}

const gap = 8;
const lineHeight = 16;
const legendHeight = 26;

function textLines(x: number, y: number, lines: readonly string[], fill: string): string {
  return lines
    .map((line, i) => {
      const place = `x="${x}" y="${y + (i + 0.8) * lineHeight}"`;
      return `<text ${place} font-family="DejaVu Sans, sans-serif" font-size="12" fill="${fill}">${escapeHtml(line)}</text>`;
    })
    .join("");
}

function legendBar(x: number, y: number, width: number, { stops, low, high }: Legend, id: string): string {
  const colours = stops
    .map((colour, i) => `<stop offset="${i / (stops.length - 1)}" stop-color="${colour}"/>`)
    .join("");
  const label = (at: number, anchor: string, text: string) =>
    `<text x="${at}" y="${y + 22}" text-anchor="${anchor}" font-family="DejaVu Sans, sans-serif" font-size="11" fill="#444">${escapeHtml(text)}</text>`;
  return `<linearGradient id="${id}">${colours}</linearGradient><rect x="${x}" y="${y}" width="${width}" height="9" fill="url(#${id})"/>${label(x, "start", low)}${label(x + width, "end", high)}`;
}

/** Pictures side by side with titles, notes and legends, as PNG. Texts need a font on the machine and are missing without one. */
export async function panelsAsPng(panels: readonly Panel[]): Promise<Uint8Array> {
  const width = Math.max(...panels.map(({ image }) => image.width));
  const characters = Math.floor(width / 6.6);
  const titles = panels.map(({ title }) => wrapped(title, characters));
  const notes = panels.map(({ note }) => (note === undefined ? [] : wrapped(note, characters)));
  const top = gap + lineHeight * Math.max(...titles.map(({ length }) => length)) + gap / 2;
  const tall = Math.max(...panels.map(({ image }) => image.height));
  const hasLegend = panels.some(({ legend }) => legend !== undefined);
  const below = lineHeight * Math.max(...notes.map(({ length }) => length)) + (hasLegend ? legendHeight : 0) + gap;
  const size = { width: gap + panels.length * (width + gap), height: top + tall + gap / 2 + below };
  const drawn = panels.map(({ legend }, i) => {
    const left = gap + i * (width + gap);
    const under = top + tall + gap / 2;
    const bar = legend === undefined ? "" : legendBar(left, under, width, legend, `legend${i}`);
    return `${textLines(left, gap, titles[i]!, "#111")}${bar}${textLines(left, under + (hasLegend ? legendHeight : 0), notes[i]!, "#555")}`;
  });
  const texts = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${drawn.join("")}</svg>`;
  const pictures = panels.map(({ image }, i) => ({
    input: Buffer.from(image.pixels),
    raw: { width: image.width, height: image.height, channels: 3 as const },
    left: gap + i * (width + gap),
    top,
  }));
  return sharp({ create: { ...size, channels: 3, background: "#fff" } })
    .composite([...pictures, { input: Buffer.from(texts), left: 0, top: 0 }])
    .png({ palette: true, quality: 90, colours: 192 })
    .toBuffer();
}
