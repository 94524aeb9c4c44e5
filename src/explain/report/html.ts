/** One self-contained HTML page of explanations: no script, no address outside itself. */
import { disclaimer } from "../../base/notices.ts";
import type { Grid } from "../../metrics/index.ts";

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --box: #e5484d; --more: #2b8a3e; --less: #c92a2a; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 80rem; padding: 1rem; overflow-wrap: break-word; }
h1 { line-height: 1.2; margin-bottom: .3rem; } h2 { margin: 2.5rem 0 .5rem; } h3 { margin: 1.4rem 0 .4rem; font-size: 1rem; }
.notice { border-left: .3rem solid var(--box); background: var(--soft); padding: .5rem 1rem; }
.case { border-top: 1px solid var(--line); }
.small { font-size: .85rem; opacity: .85; }
.sentences { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .6rem 0; }
.sentences dt { opacity: .75; font-size: .85rem; padding-top: .1rem; } .sentences dd { margin: 0; } .sentences .said { font-weight: 600; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(47%, 13rem), 1fr)); gap: .8rem; }
.tokens { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(30%, 7rem), 1fr)); gap: .5rem; }
figure { margin: 0; } figure img { width: 100%; height: auto; display: block; background: #000; border-radius: .25rem; }
figcaption { font-size: .8rem; line-height: 1.35; margin-top: .2rem; }
.legend { height: .55rem; border-radius: .2rem; margin-top: .3rem; }
.ends { display: flex; justify-content: space-between; font-size: .72rem; opacity: .8; font-variant-numeric: tabular-nums; }
.grid { display: grid; gap: 2px; max-width: 15rem; } .grid span { aspect-ratio: 1; border-radius: 2px; }
.latent { display: flex; flex-wrap: wrap; gap: 1rem 2rem; } .latent figure { flex: 1 1 12rem; max-width: 18rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .85rem; }
th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } .text { white-space: normal; text-align: left; min-width: 11rem; }
.changes th, .changes td:first-child { white-space: normal; min-width: 4.5rem; } h2 .small { font-weight: 400; overflow-wrap: anywhere; }
ins { color: var(--more); text-decoration: none; font-weight: 600; } del { color: var(--less); }
@media (prefers-color-scheme: dark) { :root { --more: #69db7c; --less: #ff8787; } }
`;

/** @param body HTML of the sections, already escaped where it holds texts */
export function page(title: string, notices: readonly string[], body: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="notice">${notices.map(escapeHtml).join(" ")} <strong>${escapeHtml(disclaimer)}</strong></p>
${body.join("\n")}
</body>
</html>
`;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** @param caption HTML */
export function jpegFigure(jpeg: Uint8Array, alt: string, caption: string): string {
  const source = `data:image/jpeg;base64,${base64(jpeg)}`;
  return `<figure><img src="${source}" alt="${escapeHtml(alt)}"><figcaption>${caption}</figcaption></figure>`;
}

/** A bar of colours with what its ends are. */
export function legend({ stops, low, high }: { stops: readonly string[]; low: string; high: string }): string {
  const bar = `<div class="legend" style="background:linear-gradient(to right,${stops.join(",")})"></div>`;
  return `${bar}<div class="ends"><span>${escapeHtml(low)}</span><span>${escapeHtml(high)}</span></div>`;
}

/** @param parts HTML */
export function section(title: string, ...parts: readonly string[]): string {
  return `<section>\n<h2>${escapeHtml(title)}</h2>\n${parts.join("\n")}\n</section>`;
}

export function htmlTable({ caption, header, rows, notes }: Grid): string {
  const line = (cells: readonly string[], tag: "th" | "td") =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((row) => line(row, "td")).join("\n");
  const table = `<table>\n<thead>${line(header, "th")}</thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
  const list = notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("");
  return `<p>${escapeHtml(caption)}</p>\n<div class="wide">${table}</div>\n<ul class="small">${list}</ul>`;
}
