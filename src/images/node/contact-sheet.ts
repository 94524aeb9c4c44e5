/** Films side by side in one picture, with boxes and captions. */
import sharp from "sharp";
import { escapeHtml } from "../../base/html.ts";
import { type UnitBox, unitBox } from "../boxes.ts";

export interface Tile {
  /** [size, size] row-major 16-bit grey levels. */
  readonly pixels: Uint16Array;
  readonly boxes: readonly UnitBox[];
  readonly caption: string;
}

export interface SheetLayout {
  /** Width and height of the films in pixels. */
  readonly size: number;
  readonly columns: number;
  /** Line below the films. */
  readonly footer: string;
}

const captionHeight = 22;
const gap = 4;
const jpegQuality = 82;

function textAt(x: number, y: number, text: string): string {
  return `<text x="${x}" y="${y}" font-family="sans-serif" font-size="13" fill="#ddd">${escapeHtml(text)}</text>`;
}

function outline({ x1, y1, x2, y2 }: UnitBox, left: number, top: number, size: number): string {
  const [x, y] = [left + x1 * size, top + y1 * size];
  const shape = `x="${x}" y="${y}" width="${(x2 - x1) * size}" height="${(y2 - y1) * size}"`;
  return `<rect ${shape} fill="none" stroke="#ffb000" stroke-width="1.5"/>`;
}

/**
 * A JPEG picture of the films in rows, captions above them. Captions need a font on the machine and are missing
 * without one.
 */
export async function contactSheet(
  tiles: readonly Tile[],
  { size, columns, footer }: SheetLayout,
): Promise<Uint8Array> {
  const rows = Math.ceil(tiles.length / columns);
  const width = columns * (size + gap) + gap;
  const height = rows * (size + captionHeight + gap) + captionHeight + gap;
  const placeOf = (i: number) => ({
    left: gap + (i % columns) * (size + gap),
    top: captionHeight + Math.floor(i / columns) * (size + captionHeight + gap),
  });
  const films = tiles.map(({ pixels }, i) => {
    const grey = Buffer.from(Uint8Array.from(pixels, (level) => level >> 8));
    return { input: grey, raw: { width: size, height: size, channels: 1 as const }, ...placeOf(i) };
  });
  const drawn = tiles.map(({ boxes, caption }, i) => {
    const { left, top } = placeOf(i);
    const outlines = boxes.map(({ x1, y1, x2, y2 }) => {
      const inside = (value: number) => Math.min(1, Math.max(0, value));
      return outline(unitBox(inside(x1), inside(y1), inside(x2), inside(y2)), left, top, size);
    });
    return textAt(left + 2, top - 6, caption) + outlines.join("");
  });
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawn.join("")}${textAt(gap + 2, height - 8, footer)}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: "#111" } })
    .composite([...films, { input: Buffer.from(overlay), left: 0, top: 0 }])
    .jpeg({ quality: jpegQuality, mozjpeg: true })
    .toBuffer();
}
