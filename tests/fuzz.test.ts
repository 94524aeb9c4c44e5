/**
 * Every reader of files on files that are damaged at random: a value or an error for people, never anything else. Readers whose
 * tests lie beside them (tables, lists, Python literals, formats of boxes, DICOM, PNG, pickles, safetensors, tar) damage their files there.
 */
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { float32 } from "../src/base/arrays.ts";
import { RegionFormerError } from "../src/base/errors.ts";
import { Journal } from "../src/base/node/journal.ts";
import { Random } from "../src/base/random.ts";
import { readSections } from "../src/cli/framework/config-file.ts";
import { openDataset } from "../src/data/node/index.ts";
import { encoderOfCheckpoint } from "../src/features/encoder-identity.ts";
import { readFeatures, writeFeatures } from "../src/features/node/index.ts";
import { decodeFilm, encodePng16, readFilm } from "../src/images/node/index.ts";
import { readRows } from "../src/metrics/node/read-rows.ts";
import { parseCheckpoint } from "../src/models/captioner/index.ts";
import { loadDecoder, loadEncoder } from "../src/models/node/index.ts";
import { readManifest } from "../src/studies/node/manifest.ts";
import { readStudy } from "../src/studies/study.ts";
import { loadEncoderTokenizer, loadTokenizer } from "../src/text/node/index.ts";
import { restoreState, writeState } from "../src/train/node/saved-state.ts";
import type { TrainerState } from "../src/train/trainer.ts";
import { readSafetensors, writeSafetensors } from "../src/weights/node/index.ts";
import { damaged } from "./support/damage.ts";
import { zipFile } from "./support/zip-file.ts";

const repository = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fuzz-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A reader, a good file for it, and how often it is damaged. */
interface Subject {
  readonly times: number;
  readonly good: () => Promise<string | Uint8Array>;
  /** @param path of the damaged file */
  readonly read: (path: string, bytes: Uint8Array) => Promise<unknown>;
  /** Name of the file. */
  readonly name: string;
}

const reports = JSON.stringify([{ StudyID: "1", ImageID: "1.png", findings: [{ sentence_en: "Nodule." }] }]);
const table = "StudyID,split,PatientID\n1,train,7\n";
const film = () =>
  encodePng16(
    { width: 9, height: 7 },
    Uint16Array.from({ length: 63 }, (_, i) => 900 * i),
  );

/** A set beside the damaged archive; its films are read too. */
async function readSet(path: string): Promise<void> {
  const root = join(path, "..");
  await writeFile(join(root, "grounded_reports_x.json"), reports);
  const { studies } = await openDataset(root);
  for (const { imagePath } of studies) if (imagePath !== undefined) await readFilm(imagePath);
}

const state: TrainerState = {
  state: new Map([["w", float32([2, 3], new Float32Array(6))]]),
  restore: () => {},
} as unknown as TrainerState;
const moment = { position: { step: 3, lossSum: 1.5, epochs: [] }, log: { lines: 2, events: 1 } };

const encoder = {
  path: "e",
  name: "e",
  hash: "0".repeat(64),
  preprocessing: "1",
  view: { fit: "crop", side: 32 },
} as const;

const jpegs = ["grey.jpg", "rgb-progressive.jpg", "cmyk.jpg"].map((name) =>
  readFileSync(repository(`tests/golden/images/${name}`)),
);

/** A model folder of the package with one file damaged. */
const inModel = (model: string, name: string, load: (dir: string) => Promise<unknown>): Subject => ({
  ...{ times: 60, name },
  good: () => readFile(repository(`models/${model}/${name}`), "utf8"),
  async read(path) {
    const dir = join(path, "..");
    await cp(repository(`models/${model}`), dir, {
      recursive: true,
      filter: (source) => !source.endsWith(name),
    });
    return load(dir);
  },
});

const subjects: Readonly<Record<string, Subject>> = {
  ...Object.fromEntries(
    jpegs.map((bytes, i): [string, Subject] => [
      `JPEG ${i + 1}`,
      { times: 100, name: "x.jpg", good: async () => bytes, read: (path, damage) => decodeFilm(damage, path) },
    ]),
  ),
  ...Object.fromEntries(
    [false, true].map((isZip64): [string, Subject] => [
      isZip64 ? "zip of films, ZIP64" : "zip of films",
      {
        ...{ times: 150, name: "films.zip", read: readSet },
        good: async () => {
          const bytes = await film();
          return zipFile(
            ["1.png", "2.png"].map((name, i) => ({ name, bytes, isDeflated: i === 0 })),
            isZip64,
          );
        },
      },
    ]),
  ),
  "master table in a zip": {
    ...{ times: 150, name: "master_table.csv.zip", read: readSet },
    good: async () => zipFile([{ name: "master_table.csv", bytes: Buffer.from(table), isDeflated: true }]),
  },
  journal: {
    ...{ times: 200, name: "j" },
    good: async () => `${['{"subject":"s"}', '{"piece":[1]}', '{"piece":{"a":"é"}}'].join("\n")}\n`,
    async read(path) {
      await using journal = await Journal.open(path, "s");
      await journal.append(4);
    },
  },
  "state of a training": {
    ...{ times: 200, name: "s.safetensors" },
    async good() {
      await writeState(join(folder, "good-state"), state, "subject", moment);
      return readFile(join(folder, "good-state"));
    },
    read: (path) => restoreState(path, state, "subject"),
  },
  features: {
    ...{ times: 200, name: "f.safetensors" },
    async good() {
      const vectors = new Map([["k", new Float32Array([1, 2])]]);
      const films = new Map([["1.png", { key: "k", width: 9, height: 7, colourModel: "grey", depth: 16 }]]);
      const features = { encoder, width: 2, films, imageVectors: vectors, maskVectors: vectors };
      await writeFeatures(join(folder, "good-features"), features as unknown as Parameters<typeof writeFeatures>[1]);
      return readFile(join(folder, "good-features"));
    },
    read: readFeatures,
  },
  checkpoint: {
    ...{ times: 200, name: "c.safetensors" },
    async good() {
      const best = repository("models/tiny-regionformer/checkpoints/best.safetensors");
      const { metadata } = await readSafetensors(best);
      await writeSafetensors(join(folder, "good-checkpoint"), state.state, metadata);
      return readFile(join(folder, "good-checkpoint"));
    },
    async read(path) {
      const checkpoint = parseCheckpoint(await readSafetensors(path), path);
      return encoderOfCheckpoint(path, checkpoint.notes);
    },
  },
  "predictions, CSV": {
    ...{ times: 200, name: "p.csv", read: readRows },
    good: async () => 'imgid,ref,hyp\n1.png,"A, ""b"".",c\n2.png,d,e\n',
  },
  "predictions, JSON": {
    ...{ times: 200, name: "p.json", read: readRows },
    good: async () =>
      JSON.stringify([
        { ref: ["a", "b"], hyp: "c" },
        { ref: "d", hyp: "e" },
      ]),
  },
  "configuration, YAML": {
    ...{ times: 200, name: "c.yaml" },
    good: () => readFile(repository("configs/demo.yaml"), "utf8"),
    read: async (path) => readSections(await readFile(path, "utf8"), path, ["demo", "train", "encode", "generate"]),
  },
  "study, YAML": {
    ...{ times: 200, name: "s.yaml" },
    good: () => readFile(repository("configs/studies/data-scale.yaml"), "utf8"),
    read: async (path) => readStudy(await readFile(path, "utf8"), path, { encoderModel: "e", decoderModel: "d" }),
  },
  "manifest of a study": {
    ...{ times: 200, name: "m.json" },
    good: async () =>
      JSON.stringify({
        format: "regionformer-studies-1",
        data: { name: "d", sources: [] },
        trainings: {},
        cells: {},
        studies: {},
      }),
    read: (path) => readManifest(path, { name: "d", sources: [] }),
  },
  "tokenizer.json": inModel("tiny-gpt2", "tokenizer.json", async (dir) => {
    const tokenizer = await loadTokenizer(dir, Number.POSITIVE_INFINITY);
    return tokenizer.decode(tokenizer.encode("No pleural effusion."));
  }),
  "tokenizer_config.json": inModel("tiny-gpt2", "tokenizer_config.json", (dir) => loadTokenizer(dir, 1e6)),
  "vocab.txt": {
    ...{ times: 200, name: "vocab.txt" },
    good: async () => "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nno\nnod\n##ule\n.\n",
    read: async (path) => (await loadEncoderTokenizer(join(path, ".."), 1e6)).pieces("No nodule."),
  },
  "config.json of a decoder": inModel("tiny-gpt2", "config.json", (dir) => loadDecoder(dir)),
  "config.json of an encoder": inModel("tiny-clip", "config.json", (dir) => loadEncoder(dir)),
  "preprocessor_config.json": inModel("tiny-clip", "preprocessor_config.json", (dir) => loadEncoder(dir)),
};

it.each(Object.entries(subjects))("%s", { timeout: 300_000 }, async (title, { times, good, read, name }) => {
  const random = new Random(31);
  const content = await good();
  const dir = join(folder, title.replaceAll(/\W/g, "-"));
  const readAlone = async (bytes: Uint8Array) => {
    await mkdir(dir);
    await writeFile(join(dir, name), bytes);
    await read(join(dir, name), bytes).finally(() => rm(dir, { recursive: true }));
  };
  const errors = new Set<string>();
  for (let i = 0; i < times; i++) {
    try {
      await readAlone(damaged(content, random));
    } catch (error) {
      if (!(error instanceof RegionFormerError)) throw error;
      errors.add(error.what);
    }
  }
  // A reader that never objects was shown nothing, and one that always does reads nothing.
  expect(errors.size).toBeGreaterThan(0);
  await readAlone(Buffer.from(content));
});
