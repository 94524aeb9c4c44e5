/** Films with their boxes, what should be said of them and what was said. */
import { dataUrl, escapeHtml } from "../../base/html.ts";
import type { Row } from "../../data/index.ts";

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

export const galleryStyle = `
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.2rem; }
.card { border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; }
.film { position: relative; background: #000; line-height: 0; } .film img { width: 100%; height: auto; }
.film span { position: absolute; border: 2px solid var(--box); box-shadow: 0 0 0 1px #0008; box-sizing: border-box; }
.card dl { margin: 0; padding: .7rem .9rem; } .card dt { font-size: .8rem; opacity: .75; } .card dd { margin: 0 0 .5rem; }
.card dd.reference { font-weight: 600; }
`;

function percent(value: number): string {
  return `${(100 * Math.min(1, Math.max(0, value))).toFixed(2)}%`;
}

function boxFrame({ x1, y1, x2, y2 }: Box): string {
  const place = `left:${percent(x1)};top:${percent(y1)};width:${percent(x2 - x1)};height:${percent(y2 - y1)}`;
  return `<span style="${place}"></span>`;
}

function card({ jpeg, width, height, boxes, reference, findings }: GalleryCard): string {
  const source = dataUrl("image/jpeg", jpeg);
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
