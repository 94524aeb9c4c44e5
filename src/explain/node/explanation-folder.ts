/** The folder of explanations: a page, pictures, numbers. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { entriesOfOwn } from "../../base/node/claim-folder.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { gridAsMarkdown } from "../../metrics/index.ts";
import { explanationPage } from "../report/explanation-page.ts";
import type { ExplainedRow, RowRequest } from "./explain-row.ts";
import { parametersDocument } from "./parameters-document.ts";
import type { ScoredSplit } from "./score-split.ts";
import { type Explainers, type RowDocument, type WrittenRow, writeRow } from "./write-row.ts";

/** Written first: a folder that holds it is ours, and may be used again. */
const marker = "explain.yaml";

/** What is made anew by every run. */
const made = ["overlays", "figures", "index.html", "explanations.json", "scores.md", "scores.json"];

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, undefined, 1)}\n`);
}

function keyOf(i: number, image: string): string {
  const name = image
    .replace(/\.\w+$/, "")
    .replace(/[^\w-]/g, "_")
    .slice(0, 60);
  return `${String(i + 1).padStart(3, "0")}-${name}`;
}

export class ExplanationFolder {
  readonly #path: string;
  readonly #explainers: Explainers;
  readonly #request: RowRequest;
  readonly #rows: WrittenRow[] = [];
  #scores: ScoredSplit | undefined;

  private constructor(path: string, explainers: Explainers, request: RowRequest) {
    this.#path = path;
    this.#explainers = explainers;
    this.#request = request;
  }

  /**
   * Makes the folder, or clears what an earlier run made there.
   * @throws UsageError when it holds anything else
   */
  static async claim(
    path: string,
    configYaml: string,
    explainers: Explainers,
    request: RowRequest,
  ): Promise<ExplanationFolder> {
    await entriesOfOwn(path, { marker, owner: "`explain`", content: "earlier explanations" });
    for (const name of made) await rm(join(path, name), { recursive: true, force: true });
    for (const name of ["overlays", "figures"]) await mkdir(join(path, name), { recursive: true });
    await writeFileAtomic(join(path, marker), configYaml);
    return new ExplanationFolder(path, explainers, request);
  }

  /** Explains one more row and writes its pictures. */
  async addRow(row: Omit<ExplainedRow, "key">): Promise<RowDocument> {
    const key = keyOf(this.#rows.length, row.image);
    const written = await writeRow(this.#path, this.#explainers, { key, ...row }, this.#request);
    this.#rows.push(written);
    return written.document;
  }

  /** Writes how far the maps can be trusted. */
  async addScores(scores: ScoredSplit): Promise<void> {
    this.#scores = scores;
    await writeFileAtomic(join(this.#path, "scores.md"), gridAsMarkdown(scores.grid));
    await writeJson(join(this.#path, "scores.json"), scores.document);
  }

  /** Writes the page and the numbers of all rows. @returns the page's path */
  async finish(notice: string): Promise<string> {
    const page = join(this.#path, "index.html");
    const cards = this.#rows.map(({ card }) => card);
    await writeFileAtomic(page, explanationPage({ notice, scores: this.#scores?.grid, cards }));
    const rows = this.#rows.map(({ document }) => document);
    const parameters = parametersDocument(this.#explainers.main, this.#request);
    await writeJson(join(this.#path, "explanations.json"), { parameters, rows });
    return page;
  }
}
