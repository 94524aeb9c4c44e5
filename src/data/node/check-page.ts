/** The dataset check as one HTML page that needs nothing else: figures as SVG, films as small PNGs within the page. */
import sharp from "sharp";
import { DataError } from "../../base/errors.ts";
import { dataUrl, escapeHtml, figure, page, paragraph, section } from "../../base/html.ts";
import { normalise } from "../../images/index.ts";
import { readFilm } from "../../images/node/index.ts";
import type { CheckedDataset, DataReport } from "../check.ts";
import type { Offender } from "../checks/boxes.ts";
import type { Histogram } from "../checks/histogram.ts";
import { groupBy } from "../group-by.ts";
import { formatCounts } from "../report.ts";
import type { Finding, Study } from "../vocabulary.ts";

/** Longer side of a film on the page, in pixels. */
const thumbnailSide = 240;
/** Films shown of a kind: enough to see what is wrong. */
const shownOfAKind = 12;
/** Problems listed of a kind; all of them are in the JSON. */
const listedOfAKind = 50;

const style = `
th, td { text-align: left; vertical-align: top; white-space: normal; } table { width: 100%; }
.counts th { font-weight: 600; white-space: nowrap; width: 1%; } .problems td:first-child { width: 55%; }
td { overflow-wrap: anywhere; } .error { color: #a3180d; font-weight: 600; } .warning { color: #7a5200; font-weight: 600; }
.row { display: flex; flex-wrap: wrap; gap: 1.5rem; } .row figure { margin: 0; } .alike { margin-bottom: 1.5rem; }
figcaption { max-width: 20rem; } figure svg { display: block; background: none; border-radius: 0; }
svg text { font: 11px system-ui, sans-serif; fill: currentColor; opacity: .75; } svg line { stroke: #8894a0; } rect.bar { fill: #3b7dd8; }
@media (prefers-color-scheme: dark) { .error { color: #ff8a80; } .warning { color: #ffcc66; } }
@media (max-width: 40rem) { td, th { display: block; padding: 0 0 2px; border: 0; } .counts th { white-space: normal; width: auto; } .problems td:first-child { width: auto; font-weight: 600; } tr { display: block; margin-bottom: .6rem; } .row { gap: 1rem; } }
`;

/** The counts as a table: what stands before the first colon is the row's title. */
function countTable(report: DataReport): string {
  const rows = formatCounts(report).map((line) => {
    const [title, rest] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)];
    return `<tr><th>${escapeHtml(title)}</th><td>${escapeHtml(rest.trim())}</td></tr>`;
  });
  return `<table class="counts">${rows.join("")}</table>`;
}

/** A drawing of this size that shrinks with the page. */
function sized(width: number, height: number): string {
  return `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
}

/** Bars of a histogram with the ends of its axis and the largest count. */
function bars(title: string, { from, to, counts }: Histogram): string {
  const [width, height, left, top] = [300, 120, 36, 8];
  const most = Math.max(1, ...counts);
  const step = width / counts.length;
  const rectangles = counts.map((count, i) => {
    const tall = (height * count) / most;
    const [low, high] = [i, i + 1].map((edge) => Number((from + ((to - from) * edge) / counts.length).toPrecision(3)));
    const place = `x="${(left + i * step).toFixed(1)}" y="${(top + height - tall).toFixed(1)}"`;
    return `<rect ${place} width="${(step - 1).toFixed(1)}" height="${tall.toFixed(1)}" class="bar"><title>${low} to ${high}: ${count}</title></rect>`;
  });
  const below = top + height;
  const labels = [
    `<line x1="${left}" x2="${left + width}" y1="${below}" y2="${below}"/>`,
    `<text x="${left}" y="${below + 14}">${from}</text>`,
    `<text x="${left + width / 2}" y="${below + 14}" text-anchor="middle">${(from + to) / 2}</text>`,
    `<text x="${left + width}" y="${below + 14}" text-anchor="end">${to}</text>`,
    `<text x="${left - 4}" y="${top + 10}" text-anchor="end">${most}</text>`,
  ];
  const size = sized(left + width + 4, below + 20);
  const svg = `<svg ${size} role="img" aria-label="${escapeHtml(title)}">${rectangles.join("")}${labels.join("")}</svg>`;
  return figure(svg, title);
}

function figures({ boxStatistics, readerAgreement, text }: DataReport): string {
  const languages = (["en", "es"] as const).filter((language) => text[language].sentences > 0);
  const names = { en: "English", es: "Spanish" } as const;
  return [
    bars("area of a box, as a share of the film", boxStatistics.areaHistogram),
    bars("boxes of a finding (the last bar: 9 and more)", boxStatistics.perFinding),
    ...languages.map((language) => bars(`words of a sentence, ${names[language]}`, text[language].wordHistogram)),
    ...languages.flatMap((language) => {
      const { tokens } = text[language];
      return tokens === undefined ? [] : [bars(`tokens of a sentence, ${names[language]}`, tokens.countHistogram)];
    }),
    ...(readerAgreement.findings > 0
      ? [bars("agreement of the two readers, intersection over union", readerAgreement.iouHistogram)]
      : []),
  ].join("");
}

/** Outlines of both readers' boxes over a film. */
function overlay({ boxes, extraBoxes }: Pick<Finding, "boxes" | "extraBoxes">, width: number, height: number): string {
  const outline = (colour: string) => (box: Finding["boxes"][number]) => {
    const place = `x="${box.x1 * width}" y="${box.y1 * height}"`;
    const size = `width="${Math.max(0, box.x2 - box.x1) * width}" height="${Math.max(0, box.y2 - box.y1) * height}"`;
    return `<rect ${place} ${size} fill="none" stroke="${colour}" stroke-width="2"/>`;
  };
  return [...boxes.map(outline("#ff5a4f")), ...extraBoxes.map(outline("#4fc3ff"))].join("");
}

/** The square in the middle that the encoder sees when films are cropped. */
function viewOutline(width: number, height: number): string {
  const side = Math.min(width, height) - 2;
  const place = `x="${(width - side) / 2}" y="${(height - side) / 2}" width="${side}" height="${side}"`;
  return `<rect ${place} fill="none" stroke="#ffd54a" stroke-width="1.5" stroke-dasharray="6 4"/>`;
}

/** A film with boxes as SVG; a note where the film cannot be read. */
async function thumbnail(
  study: Study,
  finding: Pick<Finding, "boxes" | "extraBoxes">,
  caption: string,
  showsView = false,
): Promise<string> {
  let picture: string;
  try {
    if (study.imagePath === undefined) return "";
    const film = normalise(await readFilm(study.imagePath));
    const raw = { width: film.width, height: film.height, channels: 1 as const };
    const small = sharp(film.pixels, { raw }).resize(thumbnailSide, thumbnailSide, { fit: "inside" });
    const { data, info } = await small.png().toBuffer({ resolveWithObject: true });
    const image = `<image href="${dataUrl("image/png", data)}" width="${info.width}" height="${info.height}"/>`;
    const shapes = overlay(finding, info.width, info.height) + (showsView ? viewOutline(info.width, info.height) : "");
    picture = `<svg ${sized(info.width, info.height)}>${image}${shapes}</svg>`;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return "";
  }
  return figure(picture, caption);
}

async function offenderFilms(
  title: string,
  note: string,
  offenders: readonly Offender[],
  label: string,
  showsView = false,
): Promise<string> {
  const films: string[] = [];
  for (const { study, finding, badness } of offenders.slice(0, shownOfAKind)) {
    const caption = `${study.studyId}, finding ${finding + 1}: ${Math.round(100 * badness)}% ${label}`;
    films.push(await thumbnail(study, study.findings[finding]!, caption, showsView));
  }
  return films.length === 0 ? "" : section(title, paragraph(note), `<div class="row">${films.join("")}</div>`);
}

async function nearDuplicateFilms(groups: CheckedDataset["nearDuplicates"]): Promise<string> {
  const rows: string[] = [];
  for (const group of groups.slice(0, shownOfAKind)) {
    const none = { boxes: [], extraBoxes: [] };
    const films = await Promise.all(
      group.map((study) => thumbnail(study, none, `${study.imageId} (${study.split ?? "no split"})`)),
    );
    rows.push(`<div class="row alike">${films.join("")}</div>`);
  }
  return rows.length === 0 ? "" : section("Films of different splits that look the same", ...rows);
}

function problemTable({ problems }: DataReport): string {
  const kinds = [...groupBy(problems, ({ code }) => code)];
  const sorted = kinds.sort(([, [a]], [, [b]]) => (a!.severity === b!.severity ? 0 : a!.severity === "error" ? -1 : 1));
  return sorted
    .map(([code, own]) => {
      const { severity, remedy } = own[0]!;
      const rows = own
        .slice(0, listedOfAKind)
        .map(({ where, what }) => `<tr><td>${escapeHtml(where)}</td><td>${escapeHtml(what)}</td></tr>`);
      const rest = own.length > listedOfAKind ? `<p>and ${own.length - listedOfAKind} more</p>` : "";
      const head = `<h3><span class="${severity}">${severity}</span> ${code} (${own.length})</h3>`;
      return `${head}<p>What to do: ${escapeHtml(remedy)}</p><table class="problems">${rows.join("")}</table>${rest}`;
    })
    .join("");
}

/**
 * The page. It shows films and names studies, so it is to be kept like the data set itself; it has no sentence and no
 * patient.
 */
export async function checkPage({
  report,
  hiddenBoxes,
  disagreements,
  nearDuplicates,
}: CheckedDataset): Promise<string> {
  const isCropped = report.view.fit === "crop";
  const frame = isCropped ? "Yellow: what the encoder sees. " : "";
  const hidden = `Red: the first reader's boxes. Blue: the second's. ${frame}What the ${report.view.fit} view cuts off has no part in the mask.`;
  const parts = [
    `<p><span class="error">${report.errors} errors</span>, <span class="warning">${report.warnings} warnings</span></p>`,
    countTable(report),
    section("Boxes and sentences", `<div class="row">${figures(report)}</div>`),
    await offenderFilms("Boxes outside the encoder's view", hidden, hiddenBoxes, "of a box hidden", isCropped),
    await offenderFilms(
      "Readers who disagree",
      "Red: the first reader's boxes. Blue: the second's.",
      disagreements,
      "of the two regions not shared",
    ),
    await nearDuplicateFilms(nearDuplicates),
    report.problems.length === 0 ? "" : section("Problems", problemTable(report)),
  ];
  const notice = "This page shows films: keep it like the data set itself.";
  return page(
    `Data check: ${report.name}`,
    notice,
    parts.filter((part) => part !== ""),
    style,
  );
}
