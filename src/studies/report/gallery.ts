/** Films with their boxes, what should be said of them and what was said. */
import type { Row } from "../../data/index.ts";
import { escapeHtml } from "./page.ts";

type Box = Row["boxes"][number];

export interface GalleryCard {
  /** JPEG of the film. */
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly reference: string;
  /** Sentences by what wrote them. */
  readonly findings: readonly (readonly [name: string, sentence: string])[];
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function percent(value: number): string {
  return `${(100 * Math.min(1, Math.max(0, value))).toFixed(2)}%`;
}

function boxFrame({ x1, y1, x2, y2 }: Box): string {
  const place = `left:${percent(x1)};top:${percent(y1)};width:${percent(x2 - x1)};height:${percent(y2 - y1)}`;
  return `<span style="${place}"></span>`;
}

function card({ jpeg, width, height, boxes, reference, findings }: GalleryCard): string {
  const source = `data:image/jpeg;base64,${base64(jpeg)}`;
  const alt = "Synthetic frontal chest radiograph with the boxes of one finding";
  const said = findings.map(([name, text]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`).join("");
  return `<div class="card">
<div class="film"><img src="${source}" width="${width}" height="${height}" alt="${alt}">${boxes.map(boxFrame).join("")}</div>
<dl><dt>reference (synthetic)</dt><dd class="reference">${escapeHtml(reference)}</dd>${said}</dl>
</div>`;
}

export function gallery(cards: readonly GalleryCard[]): string {
  return `<div class="gallery">\n${cards.map(card).join("\n")}\n</div>`;
}
