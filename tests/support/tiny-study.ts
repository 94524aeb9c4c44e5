/** The smallest folder in which studies run: a synthetic data set, tiny random models, and settings of seconds. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../src/base/node/hash.ts";
import { type TinyStreet, tinyStreet } from "./tiny-street.ts";

export interface TinyStudies extends AsyncDisposable {
  readonly street: TinyStreet;
  /** `study NAME …` on the tiny data and models, into a folder of this name. */
  study(name: string, out: string, ...more: string[]): string[];
}

export async function tinyStudies(studies: number): Promise<TinyStudies> {
  const street = await tinyStreet({ studies });
  const settings = [
    ..."prefixLength=2 latentLength=2 mapperLayers=1 mapperHeads=4 epochs=2 batchSize=4 validationBatchSize=4".split(
      " ",
    ),
    ..."learningRate=0.001 warmupFraction=0.2 beams=2 maxTokens=4".split(" "),
  ].flatMap((each) => ["--set", each]);
  return {
    street,
    study: (name, out, ...more) => [
      ...["study", name, "--data", street.data, "--out", street.into(out), "--threads", "1", ...settings],
      ..."--resamples 50 --trials 50".split(" "),
      ...["--encoder-model", street.into("clip"), "--decoder-model", street.into("gpt2"), ...more],
    ],
    [Symbol.asyncDispose]: () => street[Symbol.asyncDispose](),
  };
}

/** Every file of a study's report by its name, as a hash: what must not depend on how the study was run. */
export async function reportOf(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const hashes = await Promise.all(
    files.sort().map(async (path) => [path.slice(dir.length + 1), sha256(await readFile(path))] as const),
  );
  return Object.fromEntries(hashes);
}

export async function removeFolder(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
}
