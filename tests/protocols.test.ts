/** The numbers and choices of REFERENCE's table of protocols and of sections 2 to 4, as the command line resolves them. */
import { describe, expect, it } from "vitest";
import { registry } from "../src/cli/commands/index.ts";
import { captureCli } from "./support/capture-cli.ts";

async function resolved(...argv: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await captureCli(registry, [...argv, "--dry-run", "--json"]);
  expect(exitCode, stderr).toBe(0);
  return (JSON.parse(stdout) as { options: Record<string, unknown> }).options;
}

const training = (...more: string[]) =>
  resolved("train", "data", "--features", "f", "--decoder-model", "d", "--out", "o", ...more);

describe("train", () => {
  it.each([
    ["clean", { concatNorm: true, selectOn: "validation", id0InLoss: true, imagesNotGrey: "luma", adamw: "hf" }],
    ["paper", { concatNorm: true, selectOn: "test", id0InLoss: true, imagesNotGrey: "luma", adamw: "hf" }],
    ["reference", { concatNorm: false, selectOn: "test", id0InLoss: false, imagesNotGrey: "dropped", adamw: "hf" }],
  ])("protocol %s, each of its choices can be made otherwise", async (protocol, choices) => {
    expect(await training("--protocol", protocol)).toMatchObject(choices);
    const other = await training("--protocol", protocol, "--adamw", "torch", "--images-not-grey", "luma");
    expect(other).toMatchObject({ ...choices, adamw: "torch", imagesNotGrey: "luma" });
  });

  it("is clean and has the recipe of the paper's run unless told otherwise", async () => {
    expect(await training()).toMatchObject({
      protocol: "clean",
      mode: "image+mask",
      ...{ decoder: "frozen", decoderDropout: 0.1 },
      ...{ mapper: "transformer", prefixLength: 40, latentLength: 40, mapperLayers: 8, mapperHeads: 8, mlpRatio: 2 },
      ...{ epochs: 20, batchSize: 40, validationBatchSize: 32, learningRate: 2e-5, warmupSteps: 500 },
      ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-6, weightDecay: 0 },
      ...{ language: "en", findings: "all", reader: "1" },
    });
  });
});

describe("generate", () => {
  it("searches as the paper does unless told otherwise", async () => {
    expect(await resolved("generate", "data", "--features", "f", "--run", "r")).toMatchObject({
      ...{ method: "beam", beams: 5, maxTokens: 15, temperature: 1, stop: "." },
    });
  });
});
