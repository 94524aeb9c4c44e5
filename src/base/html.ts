/** Pages of one file: no script, and no address outside the page itself. Light and dark as the reader's system is. */
import { disclaimer } from "./notices.ts";

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Bytes as an address that needs no file. */
export function dataUrl(mediaType: string, bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `data:${mediaType};base64,${btoa(text)}`;
}

/** Holds a page to its promise: the browser runs no script of it and loads nothing but pictures within it. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --box: #e5484d; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 76rem; padding: 1rem; overflow-wrap: break-word; }
h1 { line-height: 1.2; margin-bottom: .3rem; } h2 { margin-top: 2.5rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
.notice { border-left: .3rem solid var(--box); background: var(--soft); padding: .5rem 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; background: #fff; border-radius: .4rem; }
figcaption, .small { font-size: .85rem; opacity: .8; }
`;

/**
 * @param notice what the page says of itself before its disclaimer
 * @param body HTML of the sections, already escaped where it holds texts
 * @param moreStyle CSS that comes behind that of all pages
 */
export function page(title: string, notice: string, body: readonly string[], moreStyle = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}${moreStyle}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="notice">${escapeHtml(notice)} <strong>${escapeHtml(disclaimer)}</strong></p>
${body.join("\n")}
</body>
</html>
`;
}

/** @param parts HTML */
export function section(title: string, ...parts: readonly string[]): string {
  return `<section>\n<h2>${escapeHtml(title)}</h2>\n${parts.join("\n")}\n</section>`;
}

export function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

/** @param cells the header, then the rows */
export function htmlTable([header = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: "th" | "td") =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((row) => line(row, "td")).join("\n");
  return `<div class="wide"><table>\n<thead>${line(header, "th")}</thead>\n<tbody>\n${body}\n</tbody>\n</table></div>`;
}

/** A table with notes in small under it. */
export function gridTable({
  header,
  rows,
  notes,
}: {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}): string {
  const list = notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("");
  return `${htmlTable([header, ...rows])}\n<ul class="small">${list}</ul>`;
}

/** @param picture HTML or SVG of it */
export function figure(picture: string, caption: string): string {
  return `<figure>${picture}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}
