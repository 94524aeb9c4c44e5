/** A feature cache of the public code in place of the films: the training is the one on our own features. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { rowsOf } from "../../src/data/index.ts";
import { openDataset } from "../../src/data/node/index.ts";
import { vectorsOf } from "../../src/features/index.ts";
import { readFeatures } from "../../src/features/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { type Picklable, pickleFile } from "../support/pickle-file.ts";
import { type TinyStreet, tinyStreet } from "../support/tiny-street.ts";

let street: TinyStreet;
beforeAll(async () => {
  street = await tinyStreet();
  await writeCaches();
});
afterAll(() => street[Symbol.asyncDispose]());

/** What the public code keeps of the data set's rows: a vector for each row's film, though films repeat, and one for its mask. */
async function writeCaches(): Promise<void> {
  const features = await readFeatures(street.features);
  const { studies } = await openDataset([street.data]);
  for (const split of ["train", "validation"] as const) {
    const { rows } = rowsOf(studies, { split, language: "en", findings: "all", reader: 1, emptySentences: "keep" });
    const vectors: Float32Array[] = [];
    const captions = rows.map((row): Picklable => {
      const { image, mask } = vectorsOf(features, row);
      vectors.push(image, mask);
      const boxes = row.boxes.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2]);
      const places = { clip_embedding: vectors.length - 2, clip_mask_embedding: vectors.length - 1 };
      return { image_id: row.imageId, caption: row.sentence, boxes, ...places };
    });
    await writeFile(street.into(`${split}.pkl`), pickleFile({ clip_embedding: vectors, captions }));
  }
}

/** Runs a command that must succeed. */
async function run(...argv: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await captureCli(registry, [...argv, "--json"]);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

function importing(out: string, ...more: string[]): string[] {
  const caches = ["train", "validation"].map((split) => street.into(`${split}.pkl`));
  return ["features", "import", ...caches, "--encoder-model", street.into("clip"), "--out", street.into(out), ...more];
}

describe("features import", () => {
  it("gives the training that our own features give, and sentences, without a film", async () => {
    const imported = await run(...importing("imported.safetensors"));
    expect(imported.rows).toBeGreaterThan(imported.films as number);
    const own = await run(...street.train("own"));
    const cached = street.train("cached");
    cached[cached.indexOf(street.features)] = street.into("imported.safetensors");
    const same = await run(...cached);
    expect(same.trainRows).toBe(own.trainRows);
    expect(same.epochs).toEqual(own.epochs);

    const generate = ["generate", street.data, "--features", street.into("imported.safetensors"), "--run"];
    await run(...generate, street.into("cached"), "--split", "validation", "--out", street.into("predictions.csv"));
    const rows = parse(await readFile(street.into("predictions.csv")), { columns: true }) as { hyp: string }[];
    expect(rows.length).toBe(own.selectionRows);
  });

  it("refuses to take the place of a file", async () => {
    const { exitCode, stderr } = await captureCli(registry, importing("features.safetensors"));
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/exists already/);
  });

  it.each<[string, Picklable, RegExp]>([
    ["of another width", [Float32Array.of(1, 0), Float32Array.of(0, 1)], /64 numbers.*found: 2 numbers/s],
    ["that are not of length 1", [new Float32Array(64), new Float32Array(64)], /found: length 0/],
  ])("refuses vectors %s", async (_, vectors, message) => {
    const captions = [{ image_id: "a", caption: "x", boxes: [], clip_embedding: 0, clip_mask_embedding: 1 }];
    await mkdir(street.into("odd"), { recursive: true });
    const cache = join(street.into("odd"), "cache.pkl");
    await writeFile(cache, pickleFile({ clip_embedding: vectors, captions }));
    const argv = ["features", "import", cache, "--encoder-model", street.into("clip"), "--out", street.into("no")];
    const { exitCode, stderr } = await captureCli(registry, argv);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(message);
  });

  it("refuses two different vectors of one film", async () => {
    const unit = (at: number) => Float32Array.from({ length: 64 }, (_, i) => Number(i === at));
    const row = (image: number) => ({ image_id: "a", caption: "x", boxes: [], clip_embedding: image });
    const captions = [0, 1].map((image) => ({ ...row(image), clip_mask_embedding: 2 }));
    const cache = street.into("two.pkl");
    await writeFile(cache, pickleFile({ clip_embedding: [unit(0), unit(1), unit(2)], captions }));
    const argv = ["features", "import", cache, "--encoder-model", street.into("clip"), "--out", street.into("no")];
    const { exitCode, stderr } = await captureCli(registry, argv);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/two different vectors of one thing/);
    expect(stderr).toMatch(/image a/);
  });
});
