/** A training that is killed, interrupted or started twice ends with the bytes of one that was left alone. */
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentReporter } from "../../src/base/reporter.ts";
import { registry } from "../../src/cli/commands/index.ts";
import { rowsOf } from "../../src/data/index.ts";
import { openDataset } from "../../src/data/node/index.ts";
import { type Encoder, type Features, openEncoder } from "../../src/features/index.ts";
import { encodeDataset, readFeatures, writeFeatures } from "../../src/features/node/index.ts";
import { loadEncoder, readCheckpoint } from "../../src/models/node/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { isEncoded } from "../../src/studies/node/embed-rows.ts";
import { captureCli } from "../support/capture-cli.ts";
import { startProgram } from "../support/child-program.ts";
import { expectClose } from "../support/expect-close.ts";
import { resultOf, type TinyStreet, tinyStreet } from "../support/tiny-street.ts";

let street: TinyStreet;
let uninterrupted: Record<string, string>;
let operations: number;

beforeAll(async () => {
  street = await tinyStreet();
  const { exitCode, stderr } = await startProgram(street.train("alone"), { COUNT_INTO: street.into("count") }).ended;
  expect(exitCode, stderr).toBe(0);
  uninterrupted = await resultOf(street.into("alone"));
  operations = Number(await readFile(street.into("count"), "utf8"));
});
afterAll(() => street[Symbol.asyncDispose]());

describe("a training", () => {
  it("that is killed at several of its file operations is continued bit for bit", async () => {
    expect(operations).toBeGreaterThan(100);
    for (const [i, share] of [0.45, 0.5].entries()) {
      const argv = street.train("killed", "--resume");
      const { signal } = await startProgram(argv, { KILL_AT: String(Math.floor(operations * share) - 40 * i) }).ended;
      expect(signal).toBe("SIGKILL");
      expect(await readdir(street.into("killed"))).toContain("train.lock");
    }
    const { exitCode, stderr } = await captureCli(registry, street.train("killed", "--resume"));
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("continuing after step");
    expect(await resultOf(street.into("killed"))).toEqual(uninterrupted);
    const left = await readdir(street.into("killed"), { recursive: true });
    expect(left.filter((name) => name.includes(".tmp-") || name.endsWith(".lock"))).toEqual([]);
  });

  it("that Ctrl-C stops finishes its step, saves, exits 130, and goes on with the next step", async () => {
    const controller = new AbortController();
    const run = street.into("stopped");
    const poll = setInterval(() => {
      void stat(join(run, "log.jsonl")).then(
        ({ size }) => size > 0 && controller.abort(),
        () => {},
      );
    }, 1);
    const { exitCode, stderr } = await captureCli(registry, street.train("stopped"), controller.signal);
    clearInterval(poll);
    expect(exitCode).toBe(130);
    expect(stderr).toContain("--resume");
    const again = await captureCli(registry, [...street.train("stopped", "--resume"), "--json"]);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(await resultOf(run)).toEqual(uninterrupted);
  });

  it.each([
    ["a disk that becomes full", "ENOSPC", 0.6],
    ["a folder that cannot be written", "EROFS", 0],
  ])("that meets %s says so, keeps what is finished, and can be continued", async (_, code, share) => {
    const env = { FAIL_AT: String(1 + Math.floor(operations * share)), FAIL_CODE: code };
    const { exitCode, stdout, stderr } = await startProgram(street.train(code, "--json"), env).ended;
    expect(exitCode, stderr).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: "DataError", found: code } });
    expect(stderr).toMatch(/could not be written[\s\S]*where: [\s\S]*what to do: /);
    expect(stderr).not.toMatch(/^\s+at /m);
    if (share === 0) return;
    expect(
      (await readCheckpoint(join(street.into(code), "checkpoints", "epoch-001.safetensors"))).weights.size,
    ).toBeGreaterThan(0);
    const again = await captureCli(registry, street.train(code, "--resume"));
    expect(again.exitCode, again.stderr).toBe(0);
    expect(await resultOf(street.into(code))).toEqual(uninterrupted);
  });

  it("that is finished is resumed without a step", async () => {
    const { exitCode, stdout } = await captureCli(registry, [...street.train("alone", "--resume"), "--json"]);
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout) as { epochs: unknown[] }).epochs).toHaveLength(3);
    expect(await resultOf(street.into("alone"))).toEqual(uninterrupted);
  });

  it.each([
    ["other options", ["--learning-rate", "0.002"], /begun with other options[\s\S]*learningRate: 0.001[\s\S]*0.002/],
    ["other rows", ["--data", "other"], /begun with other rows/],
  ])("is not resumed with %s", async (_, more, message) => {
    const argv = street.train("alone", "--resume");
    if (more[0] === "--data") argv[1] = await street.fewerStudies();
    else argv.push(...more);
    const { exitCode, stderr } = await captureCli(registry, argv);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("refuses a run folder in which another process works", async () => {
    await writeFile(join(street.into("alone"), "train.lock"), JSON.stringify({ pid: process.ppid, host: hostname() }));
    const { exitCode, stderr } = await captureCli(registry, street.train("alone", "--resume"));
    await rm(join(street.into("alone"), "train.lock"));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/in use by another process[\s\S]*train\.lock/);
  });
});

describe("encoding", () => {
  /** Its vectors tell what stood beside a square in its batch, as an engine's last bits may. */
  const tellsBatches: Encoder = {
    batchSize: 4,
    encode: async (images) => {
      const sum = images.reduce(
        (total, { pixels }) => pixels.reduce((a, b) => (a * 31 + b) % 65521, total),
        images.length,
      );
      return images.map((_, i) => Float32Array.of(sum, i));
    },
    [Symbol.asyncDispose]: async () => {},
  };

  it.each([5, 6, 7])("that is stopped every %i films goes on with the batches of one that was not", async (films) => {
    const { rows } = rowsOf((await openDataset([street.data])).studies, { language: "en", findings: "all", reader: 1 });
    const empty = await readFeatures(street.features);
    const nothing = { ...empty, width: 2, films: new Map(), imageVectors: new Map(), maskVectors: new Map() };
    const whole = await encodeDataset(rows, tellsBatches, nothing, silentReporter);
    let features: Features = nothing;
    let runs = 0;
    for (let isDone = false; !isDone; ) {
      runs++;
      const controller = new AbortController();
      let [read, saved] = [0, features];
      const advance = () => void (++read === films && controller.abort());
      const reporter = { ...silentReporter, signal: controller.signal, progress: () => ({ advance, done: () => {} }) };
      const missing = rows.filter((row) => !isEncoded(row, features));
      // Every second run is killed instead, and leaves what was saved on the way.
      const save = async (found: Features) => {
        saved = {
          ...found,
          films: new Map(found.films),
          imageVectors: new Map(found.imageVectors),
          maskVectors: new Map(found.maskVectors),
        };
      };
      const outcome = await encodeDataset(missing, tellsBatches, features, reporter, { everyFilms: 3, save });
      features = outcome.interrupted && runs % 2 === 0 ? saved : outcome.features;
      for (const row of rows) expect(features.films.has(row.imageId)).toBe(isEncoded(row, features));
      isDone = !outcome.interrupted;
    }
    expect(runs).toBeGreaterThan(2);
    expect(features).toEqual(whole.features);
    expect([...features.imageVectors.keys()]).toEqual([...whole.features.imageVectors.keys()]);
  });

  it("that goes on from what was saved ends with the same file", async () => {
    const { rows } = rowsOf((await openDataset([street.data])).studies, { language: "en", findings: "all", reader: 1 });
    const whole = await readFeatures(street.features);
    const nothing = { ...whole, films: new Map(), imageVectors: new Map(), maskVectors: new Map() };
    const { config, weights } = await loadEncoder(street.into("clip"));
    await using encoder = await openEncoder(openRuntime(), config, weights, 8);
    const part = street.into("part.safetensors");
    const films = rows.slice(0, 25);
    const save = (features: Features) => writeFeatures(part, features);
    await encodeDataset(films, encoder, nothing, silentReporter, { everyFilms: 3, save });
    const before = await readFeatures(part);
    expect(before.imageVectors.size).toBeGreaterThan(2);
    expect(before.imageVectors.size).toBeLessThan(whole.imageVectors.size);
    const { features, reusedFilms } = await encodeDataset(rows, encoder, before, silentReporter);
    expect(reusedFilms).toBe(before.imageVectors.size);
    await writeFeatures(part, features);
    expect((await readFile(part)).equals(await readFile(street.features))).toBe(true);
  });
});

describe("generation", () => {
  const generate = (out: string) => [
    ...["generate", street.data, "--run", street.into("alone"), "--features", street.features, "--split", "train"],
    ..."--batch-size 8 --beams 2 --max-tokens 3 --threads 1 --out".split(" "),
    street.into(out),
  ];

  it("that is killed goes on behind the last finished batch and ends with the same file", async () => {
    const whole = await captureCli(registry, generate("whole.csv"));
    expect(whole.exitCode, whole.stderr).toBe(0);
    const { signal } = await startProgram(generate("killed.csv"), { KILL_AT: "7" }).ended;
    expect(signal).toBe("SIGKILL");
    const { exitCode, stderr } = await captureCli(registry, generate("killed.csv"));
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/continuing after (8|16|24|32) rows/);
    expect(await readFile(street.into("killed.csv"))).toEqual(await readFile(street.into("whole.csv")));
    expect((await readdir(street.dir)).filter((name) => /\.(lock|journal)$/.test(name))).toEqual([]);
  });
});

it("checkpoints stored as float16 are half as large and hold the nearest halves", async () => {
  const { exitCode, stderr } = await captureCli(registry, street.train("half", "--checkpoint-type", "float16"));
  expect(exitCode, stderr).toBe(0);
  const best = (run: string) => join(street.into(run), "checkpoints", "best.safetensors");
  const [half, full] = [await readCheckpoint(best("half")), await readCheckpoint(best("alone"))];
  expect((await stat(best("half"))).size).toBeLessThan(0.6 * (await stat(best("alone"))).size);
  for (const [name, { data }] of full.weights) expectClose(half.weights.get(name)!.data, data, "float16", name);
});
