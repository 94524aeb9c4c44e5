/** A small synthetic data set with tiny models and its features: what training tests start from. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { sha256 } from "../../src/base/node/hash.ts";
import { registry } from "../../src/cli/commands/index.ts";
import { synthesise } from "../../src/data/synthetic/node/index.ts";
import { captureCli } from "./capture-cli.ts";
import { sentencesOf, writeTinyClip, writeTinyGpt2 } from "./tiny-models.ts";

export interface TinyStreet extends AsyncDisposable {
  readonly dir: string;
  readonly data: string;
  readonly features: string;
  into(name: string): string;
  /** `train` into a folder of this name: 3 epochs of some steps, a state every third step. */
  train(out: string, ...more: string[]): string[];
  /** A copy of the data set without its last study; gives its folder. */
  fewerStudies(): Promise<string>;
}

export interface TinyStreetOptions {
  readonly studies?: number;
  /** Changes a file of the data set before anything is made from it. */
  readonly edit?: (file: string, text: string) => string;
}

const dataFiles = ["grounded_reports_20240819.json", "master_table.csv"];

export async function tinyStreet({ studies = 24, edit }: TinyStreetOptions = {}): Promise<TinyStreet> {
  const dir = await mkdtemp(join(tmpdir(), "regionformer-tiny-"));
  const into = (name: string) => join(dir, name);
  await synthesise({ out: into("data"), studies, seed: 5, size: 256 });
  for (const file of edit === undefined ? [] : dataFiles) {
    const path = join(into("data"), file);
    await writeFile(path, edit!(file, await readFile(path, "utf8")));
  }
  await writeTinyClip(into("clip"));
  await writeTinyGpt2(into("gpt2"), await sentencesOf(into("data")));
  const encode = ["encode", into("data"), "--encoder-model", into("clip"), "--out", into("features.safetensors")];
  const { exitCode, stderr } = await captureCli(registry, encode);
  expect(exitCode, stderr).toBe(0);
  return {
    dir,
    data: into("data"),
    features: into("features.safetensors"),
    into,
    train: (out, ...more) => [
      ...["train", into("data"), "--features", into("features.safetensors")],
      ...["--decoder-model", into("gpt2"), "--out", into(out)],
      ..."--prefix-length 4 --latent-length 4 --mapper-layers 2 --mapper-heads 4 --batch-size 8 --epochs 3".split(" "),
      ..."--warmup-steps 2 --learning-rate 0.001 --save-every 3 --threads 1".split(" "),
      ...more,
    ],
    fewerStudies: async () => {
      await cp(into("data"), into("fewer"), { recursive: true });
      const reports = join(into("fewer"), "grounded_reports_20240819.json");
      const studies = JSON.parse(await readFile(reports, "utf8")) as unknown[];
      await writeFile(reports, JSON.stringify(studies.slice(0, -1)));
      return into("fewer");
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

/** What a training leaves that must not depend on its interruptions: checkpoints by hash, and the log without times. */
export async function resultOf(run: string): Promise<Record<string, string>> {
  const checkpoints = (await readdir(join(run, "checkpoints"))).sort();
  const hashes = await Promise.all(
    checkpoints.map(async (name) => [name, sha256(await readFile(join(run, "checkpoints", name)))] as const),
  );
  const lines = (await readFile(join(run, "log.jsonl"), "utf8")).replace(/,"seconds":[^,}]*/g, "");
  return { ...Object.fromEntries(hashes), log: lines, state: await stateOf(run) };
}

/** The saved state without the lengths of the log, whose lines hold times. */
async function stateOf(run: string): Promise<string> {
  const bytes = await readFile(join(run, "state", "latest.safetensors"));
  const headerLength = Number(bytes.readBigUInt64LE(0));
  return sha256(bytes.subarray(8 + headerLength));
}
