/** The street with the architectures of the paper at full size: random weights, real and synthetic films, 8 GB at most. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readFeatures } from "../../src/features/node/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { runProgram } from "../support/run-program.ts";
import { describeWithSharedData } from "../support/shared-data.ts";

describeWithSharedData("CLIP ViT-B/32, the mapper of the paper and GPT-2 small", (at) => {
  const release = at("real-cxr");
  let dir: string;
  const into = (name: string) => join(dir, name);

  /** Runs a command that must succeed within the memory of an ordinary machine. */
  async function run(...argv: string[]): Promise<Record<string, unknown>> {
    return runWithin(8, ...argv);
  }

  async function runWithin(gigabytes: number, ...argv: string[]): Promise<Record<string, unknown>> {
    const { exitCode, stdout, stderr, peakGigabytes } = await runProgram(...argv, "--json");
    expect(exitCode, stderr).toBe(0);
    expect(peakGigabytes).toBeGreaterThan(0.03); // it was measured
    expect(peakGigabytes).toBeLessThan(gigabytes);
    console.log(`${argv.slice(0, 2).join(" ")}: peak ${peakGigabytes.toFixed(2)} GB`);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** The steps that a run's log tells of. */
  async function stepsOf(name: string): Promise<Record<string, unknown>[]> {
    const log = (await readFile(join(into(name), "log.jsonl"), "utf8")).trim().split("\n");
    return log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ learningRate }) => learningRate !== undefined);
  }

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "regionformer-full-size-"));
    await run("models", "random", "openai/clip-vit-base-patch32", "--out", into("clip"));
    await run("models", "random", "openai-community/gpt2", "--out", into("gpt2"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it("encodes the 15 real films", async () => {
    const features = into("real.safetensors");
    const encoded = await run("encode", release, "--encoder-model", into("clip"), "--out", features);
    expect(encoded).toMatchObject({ films: 15, unread: [] });
    const { imageVectors, maskVectors } = await readFeatures(features);
    for (const vector of [...imageVectors.values(), ...maskVectors.values()]) {
      expect(vector).toHaveLength(512);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    }
  });

  it("trains 3 steps at batch 40, also in 4 GB with micro-batches, then writes sentences", async () => {
    const data = into("synthetic");
    const features = into("synthetic.safetensors");
    await run("data", "synth", "--out", data, "--studies", "90", "--seed", "4", "--size", "256");
    await run("encode", data, "--encoder-model", into("clip"), "--out", features);
    const trained = await run(
      ..."train".split(" ").concat(data, "--features", features, "--decoder-model", into("gpt2")),
      ..."--epochs 1 --warmup-steps 1 --mode image+mask".split(" ").concat("--out", into("run")),
    );
    expect(trained.trainedParameters).toBe(69_316_608);
    const steps = await stepsOf("run");
    expect(steps).toHaveLength(Math.floor((trained.trainRows as number) / 40));
    expect(steps.length).toBeGreaterThanOrEqual(3);
    // With random weights every token is about as likely as any other.
    for (const { loss } of steps) expect(Math.abs((loss as number) - Math.log(50257))).toBeLessThan(2);

    await runWithin(
      4,
      ..."train".split(" ").concat(data, "--features", features, "--decoder-model", into("gpt2")),
      ..."--epochs 1 --warmup-steps 1 --micro-batch 8 --mode image+mask".split(" ").concat("--out", into("cut")),
    );
    const losses = (steps: readonly Record<string, unknown>[]) => steps.map(({ loss }) => loss as number);
    expectClose(losses(await stepsOf("cut")), losses(steps), "float32Engine");

    const generate = ["generate", data, "--features", features, "--run", into("run"), "--split", "validation"];
    const generated = await run(...generate, "--out", into("predictions.csv"));
    const rows = parse(await readFile(into("predictions.csv")), { columns: true });
    expect(rows.length).toBe(generated.rows);
    expect(rows.length).toBeGreaterThanOrEqual(5);
  });
});
