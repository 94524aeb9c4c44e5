/** An explanation as a section of the page. */
import { escapeHtml } from "../../base/html.ts";
import { type LatentMaps, latentNotice } from "../latent/latent-map.ts";
import { type Attribution, completenessGap, methodUnits } from "../methods/index.ts";
import { opaque, positiveColours } from "../report/colours.ts";
import { jpegFigure, legend } from "../report/explanation-page.ts";
import { changedWords } from "../report/word-changes.ts";
import type { Stream } from "../subject.ts";
import type { RowExplanation } from "./explain-row.ts";
import { asJpeg, smallFilm } from "./pictures.ts";
import { type Eye, latentOverFilm, legendOf, mapOverFilm, plainFilm } from "./row-pictures.ts";

/** Widths of the pictures on the page. */
const mapWidth = 300;
const tokenWidth = 150;

function percent(value: number): string {
  return `${(100 * value).toFixed(0)}%`;
}

function sentences({ row, sentence, attributions, tokens }: RowExplanation): string {
  const score = attributions[0]?.score ?? tokens.reduce((sum, { logProbability }) => sum + logProbability, 0);
  const lines = [
    ["explained", sentence.text, "said"],
    ...(row.reference === undefined ? [] : [["reference", row.reference, ""]]),
    [
      "log p",
      `${score.toFixed(2)} nats over ${tokens.length} tokens, ${percent(Math.exp(score / tokens.length))} per token`,
      "",
    ],
  ];
  const items = lines.map(([name, text, kind]) => `<dt>${name}</dt><dd class="${kind}">${escapeHtml(text!)}</dd>`);
  return `<dl class="sentences">${items.join("")}</dl>`;
}

function gapNote(attribution: Attribution): string {
  const gap = completenessGap(attribution);
  return gap === undefined ? "" : `; they miss it by ${Math.abs(gap).toFixed(2)}`;
}

/** @param first HTML of what stands before the maps */
async function streamMaps(explanation: RowExplanation, stream: Stream, eye: Eye, first: string): Promise<string> {
  const small = await smallFilm(explanation.row.film, mapWidth);
  const figures = explanation.attributions.map(async (attribution) => {
    const { method } = attribution;
    const jpeg = await asJpeg(mapOverFilm(small, explanation, attribution, stream, eye));
    const caption = `${legend(legendOf(attribution, stream))}<strong>${method}</strong>: ${escapeHtml(methodUnits[method])}${gapNote(attribution)}`;
    return jpegFigure(jpeg, `Film with the ${method} map of the ${stream}`, caption);
  });
  return `<h3>What in the ${stream} the sentence comes from</h3>\n<div class="maps">${[first, ...(await Promise.all(figures))].join("\n")}</div>`;
}

async function tokenMaps(explanation: RowExplanation, stream: Stream, eye: Eye): Promise<string> {
  const small = await smallFilm(explanation.row.film, tokenWidth);
  const blocks = explanation.attributions.map(async ({ method }, m) => {
    const figures = explanation.tokens.map(async ({ text, logProbability, attributions }) => {
      const jpeg = await asJpeg(mapOverFilm(small, explanation, attributions[m]!, stream, eye));
      const caption = `<strong>${escapeHtml(text)}</strong><br>p ${percent(Math.exp(logProbability))}`;
      return jpegFigure(jpeg, `Film with the ${method} map of one token`, caption);
    });
    return `<p class="small">${method}, each map scaled for itself</p><div class="tokens">${(await Promise.all(figures)).join("\n")}</div>`;
  });
  const summary = `<summary>Token by token, ${stream}</summary>`;
  return `<details>${summary}${(await Promise.all(blocks)).join("\n")}</details>`;
}

function latentGrid({ grid }: LatentMaps, values: Float64Array): string {
  const cells = Array.from(
    values,
    (value) => `<span style="background:${opaque(positiveColours, value)}" title="${value.toFixed(3)}"></span>`,
  );
  return `<div class="grid" style="grid-template-columns:repeat(${grid.columns},1fr)">${cells.join("")}</div>`;
}

/** `reference` maps lie over the film as in the paper; `clean` ones stand for themselves. */
async function latentSection({ row, latent }: RowExplanation): Promise<string> {
  if (latent.length === 0) return "";
  const small = await smallFilm(row.film, mapWidth);
  const figures = latent.flatMap(({ mode, maps }) =>
    (["attention", "legrad"] as const).map(async (of) => {
      const caption = `<strong>${of === "attention" ? "attention" : "LeGrad"} of the mapper</strong>, ${mode}: ${latentNotice}`;
      if (mode === "clean") return `<figure>${latentGrid(maps, maps[of])}<figcaption>${caption}</figcaption></figure>`;
      return jpegFigure(await asJpeg(latentOverFilm(small, maps, of)), "Latent map stretched over the film", caption);
    }),
  );
  const text = `The mapper unpacks one pooled vector into ${latent[0]!.maps.attention.length} latent tokens; these maps say which of them the prefix looks at. A place in their grid is no place on the film.`;
  const drawn = (await Promise.all(figures)).join("\n");
  return `<h3>The paper's maps: ${latentNotice}</h3>\n<p class="small">${text}</p>\n<div class="latent">${drawn}</div>`;
}

function signed(value: number): string {
  return `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(2)}`;
}

function counterfactualSection({ counterfactuals }: RowExplanation): string {
  if (counterfactuals.length === 0) return "";
  const rows = counterfactuals.map(({ change, words, logProbability: { original, rewritten } }) => {
    const numbers = [original.after - original.before, rewritten.after - rewritten.before].map(signed);
    return `<tr><td>${escapeHtml(change)}</td><td class="text">${changedWords(words)}</td>${numbers.map((number) => `<td>${number}</td>`).join("")}</tr>`;
  });
  const head = ["boxes", "sentence then", "original sentence, Δ log p", "new sentence, Δ log p"];
  const header = head.map((name, k) => `<th${k === 1 ? ' class="text"' : ""}>${name}</th>`).join("");
  return `<h3>What other boxes would have changed</h3>
<div class="wide"><table class="changes"><thead><tr>${header}</tr></thead><tbody>${rows.join("")}</tbody></table></div>
<p class="small">Δ log p in nats: under the other boxes minus under the boxes as they are.</p>`;
}

export async function rowCard(explanation: RowExplanation, eye: Eye): Promise<string> {
  const { row, outsideView, attributions, tokens } = explanation;
  const streams = [...(attributions[0]?.maps.keys() ?? [])];
  const small = await smallFilm(row.film, mapWidth);
  const cut = outsideView.some((share) => share > 0.005)
    ? ` The encoder's view cuts off ${outsideView.map(percent).join(", ")} of the boxes.`
    : "";
  const film = jpegFigure(
    await asJpeg(plainFilm(small, explanation)),
    "Film with the boxes of the finding",
    `film and boxes; in the maps, what the encoder does not see is dark.${cut}`,
  );
  const maps = await Promise.all(streams.map((stream, i) => streamMaps(explanation, stream, eye, i === 0 ? film : "")));
  const perToken = tokens.some(({ attributions }) => attributions.length > 0);
  const tokenSections = perToken ? await Promise.all(streams.map((stream) => tokenMaps(explanation, stream, eye))) : [];
  return `<section class="case">
<h2>${escapeHtml(row.key.slice(0, 3))} <span class="small">${escapeHtml(row.image)}</span></h2>
${sentences(explanation)}
${[...maps, ...tokenSections].join("\n")}
${counterfactualSection(explanation)}
${await latentSection(explanation)}
</section>`;
}
