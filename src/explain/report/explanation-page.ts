/** The page of explanations, and what only it shows: maps as pictures, what their colours mean, the table of scores. */
import { dataUrl, escapeHtml, gridTable, page, paragraph, section } from "../../base/html.ts";
import type { Grid } from "../../metrics/index.ts";

const style = `
:root { --more: #2b8a3e; --less: #c92a2a; }
* { box-sizing: border-box; }
.case { border-top: 1px solid var(--line); }
.sentences { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .6rem 0; }
.sentences dt { opacity: .75; font-size: .85rem; padding-top: .1rem; } .sentences dd { margin: 0; } .sentences .said { font-weight: 600; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(47%, 13rem), 1fr)); gap: .8rem; }
.tokens { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(30%, 7rem), 1fr)); gap: .5rem; }
figure { margin: 0; } figure img { width: 100%; height: auto; display: block; background: #000; border-radius: .25rem; }
figcaption { font-size: .8rem; line-height: 1.35; margin-top: .2rem; opacity: 1; }
.legend { height: .55rem; border-radius: .2rem; margin-top: .3rem; }
.ends { display: flex; justify-content: space-between; font-size: .72rem; opacity: .8; font-variant-numeric: tabular-nums; }
.grid { display: grid; gap: 2px; max-width: 15rem; } .grid span { aspect-ratio: 1; border-radius: 2px; }
.latent { display: flex; flex-wrap: wrap; gap: 1rem 2rem; } .latent figure { flex: 1 1 12rem; max-width: 18rem; }
.text { white-space: normal; text-align: left; min-width: 11rem; }
.changes th, .changes td:first-child { white-space: normal; min-width: 4.5rem; } h2 .small { font-weight: 400; overflow-wrap: anywhere; }
ins { color: var(--more); text-decoration: none; font-weight: 600; } del { color: var(--less); }
@media (prefers-color-scheme: dark) { :root { --more: #69db7c; --less: #ff8787; } }
`;

export interface ExplanationPage {
  /** What the page says of itself. */
  readonly notice: string;
  /** How far the maps can be trusted. */
  readonly scores?: Grid | undefined;
  /** HTML, one of a row. */
  readonly cards: readonly string[];
}

export function explanationPage({ notice, scores, cards }: ExplanationPage): string {
  const trust =
    scores === undefined
      ? []
      : [section("How far the maps can be trusted", paragraph(scores.caption), gridTable(scores))];
  return page("Where the words come from", notice, [...trust, ...cards], style);
}

/** @param caption HTML */
export function jpegFigure(jpeg: Uint8Array, alt: string, caption: string): string {
  const image = `<img src="${dataUrl("image/jpeg", jpeg)}" alt="${escapeHtml(alt)}">`;
  return `<figure>${image}<figcaption>${caption}</figcaption></figure>`;
}

/** A bar of colours with what its ends are. */
export function legend({ stops, low, high }: { stops: readonly string[]; low: string; high: string }): string {
  const bar = `<div class="legend" style="background:linear-gradient(to right,${stops.join(",")})"></div>`;
  return `${bar}<div class="ends"><span>${escapeHtml(low)}</span><span>${escapeHtml(high)}</span></div>`;
}
