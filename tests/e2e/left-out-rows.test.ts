/** Which rows a training and a generation leave out: empty sentences (dropped in training alone), colour films by protocol. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { type Row, rowsOf } from "../../src/data/index.ts";
import { openDataset } from "../../src/data/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { type TinyStreet, tinyStreet } from "../support/tiny-street.ts";

let street: TinyStreet;
beforeAll(async () => {
  street = await tinyStreet({ edit: withoutFirstSentences });
});
afterAll(() => street[Symbol.asyncDispose]());

/** The first finding of every study loses its sentence. */
function withoutFirstSentences(file: string, text: string): string {
  if (!file.endsWith(".json")) return text;
  const studies = JSON.parse(text) as { findings: { sentence_en: string }[] }[];
  for (const { findings } of studies) if (findings[0] !== undefined) findings[0].sentence_en = "";
  return JSON.stringify(studies);
}

/** Runs a command that must succeed. */
async function run(...argv: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await captureCli(registry, [...argv, "--json"]);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function rows(split: "train" | "validation", emptySentences: "keep" | "drop"): Promise<readonly Row[]> {
  const { studies } = await openDataset([street.data]);
  return rowsOf(studies, { split, emptySentences, language: "en", findings: "all", reader: 1 }).rows;
}

it("rows without a sentence are no training rows, and get a text all the same", async () => {
  const [all, spoken] = [await rows("train", "keep"), await rows("train", "drop")];
  expect(spoken.length).toBeLessThan(all.length);
  const trained = await run(...street.train("run"));
  expect(trained.trainRows).toBe(spoken.length);
  const asked = await rows("validation", "keep");
  expect(trained.selectionRows).toBe(asked.length);
  const generate = ["generate", street.data, "--features", street.features, "--run", street.into("run")];
  await run(...generate, "--split", "validation", "--out", street.into("predictions.csv"));
  const written = parse(await readFile(street.into("predictions.csv")), { columns: true }) as Record<string, string>[];
  expect(written).toHaveLength(asked.length);
  const silent = written.filter(({ ref }) => ref === "");
  expect(silent.length).toBeGreaterThan(0);
  for (const { hyp } of silent) expect(hyp).not.toBe("");
});

it("rows of a colour film are left out by protocol reference, and listed in the run", async () => {
  const spoken = await rows("train", "drop");
  const { imageId, imagePath } = spoken[0]!;
  const path = imagePath as string;
  const grey = await sharp(await readFile(path))
    .toColourspace("srgb")
    .png({ palette: false })
    .toBuffer();
  await writeFile(path, grey);
  const features = street.into("colour.safetensors");
  await run("encode", street.data, "--encoder-model", street.into("clip"), "--out", features);
  const train = (out: string, ...more: string[]) => {
    const argv = street.train(out, "--epochs", "1", ...more);
    argv[argv.indexOf(street.features)] = features;
    return run(...argv);
  };
  expect((await train("kept")).trainRows).toBe(spoken.length);
  const dropped = await train("dropped", "--protocol", "reference", "--select-on", "validation");
  const lost = spoken.filter((row) => row.imageId === imageId);
  expect(dropped.trainRows).toBe(spoken.length - lost.length);
  const skipped = await readFile(join(street.into("dropped"), "skipped.json"), "utf8");
  expect(skipped).toContain("the film is not grey");
  expect(skipped).toContain(imageId);
});
