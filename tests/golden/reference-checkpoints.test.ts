/** Checkpoints of the public code and of ClipCap, and a hub's pytorch_model.bin, from file to a run that can be used. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Shape } from "../../src/base/arrays.ts";
import { ModelError } from "../../src/base/errors.ts";
import { registry } from "../../src/cli/commands/index.ts";
import { type DecoderModel, loadCaptioner, loadDecoder, readReferenceCheckpoint } from "../../src/models/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { expectAllClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableTensor, portableWeights } from "../support/portable.ts";
import { writeTinyClip } from "../support/tiny-models.ts";

const { manifest } = readGolden<{
  gpt2: { n_embd: number };
  shapes: Record<"transformer" | "mlp", Record<string, Shape>>;
}>("reference-checkpoints");
const golden = (name: string) => fileURLToPath(new URL(`reference-checkpoints/${name}`, import.meta.url));
const input = { mode: "image+mask", concatNorm: false } as const;

/** A vocabulary of "!" and ".", for commands that want one. */
const twoWords = {
  version: "1.0",
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: { type: "Fuse" },
  model: { type: "WordLevel", vocab: { "!": 0, ".": 1 }, unk_token: "!" },
};

let folder: string;
let decoder: DecoderModel;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "reference-"));
  const dir = join(folder, "gpt2");
  await mkdir(dir);
  await writeFile(join(dir, "config.json"), JSON.stringify({ model_type: "gpt2", ...manifest.gpt2 }));
  await copyFile(golden("pytorch_model.bin"), join(dir, "pytorch_model.bin"));
  await writeFile(join(dir, "tokenizer.json"), JSON.stringify(twoWords));
  decoder = await loadDecoder(dir);
});
afterAll(() => rm(folder, { recursive: true }));

/** GPT-2's weights as the oracle drew them. */
const drawn = (seed: string) =>
  new Map(
    [...decoder.weights].map(([name, { shape }]) => [
      name,
      portableTensor(`${seed}/${name.replace("gpt.", "")}`, shape),
    ]),
  );

it("a folder with pytorch_model.bin is a decoder, its buffers passed over", () => {
  expect(decoder.weights.size).toBe(28);
  expectAllClose(decoder.weights, drawn("checkpoint"), "exact");
});

describe("a checkpoint", () => {
  it("of a transformer mapper with the frozen decoder gives the mapper alone", async () => {
    const { weights, info } = await readReferenceCheckpoint(golden("frozen.pt"), { decoder, input, heads: 8 });
    expect(info.jointDecoder).toBe(false);
    expect(info.mapper).toEqual({
      kind: "transformer",
      inputWidth: 12,
      decoderWidth: 16,
      prefixLength: 3,
      latentLength: 4,
      layers: 2,
      heads: 8,
      mlpRatio: 2,
    });
    expectAllClose(weights, portableWeights("checkpoint", manifest.shapes.transformer), "exact");
  });

  it("of joint training brings its decoder along", async () => {
    const { weights, info } = await readReferenceCheckpoint(golden("joint.pt"), { decoder, input, heads: 8 });
    expect(info.jointDecoder).toBe(true);
    const mapper = portableWeights("checkpoint", manifest.shapes.transformer);
    expectAllClose(weights, new Map([...mapper, ...drawn("trained")]), "exact");
  });

  it("of ClipCap's mlp mapper without a decoder", async () => {
    const { weights, info } = await readReferenceCheckpoint(golden("mlp.pt"), { decoder, input, heads: 8 });
    expect(info.mapper).toMatchObject({ kind: "mlp", inputWidth: 6, prefixLength: 2 });
    expectAllClose(weights, portableWeights("checkpoint", manifest.shapes.mlp), "exact");
  });

  it("without a mapper, or of another decoder, is refused", async () => {
    const read = readReferenceCheckpoint;
    await expect(read(golden("pytorch_model.bin"), { decoder, input, heads: 8 })).rejects.toThrow(/holds no mapper/);
    const wider = { ...decoder, config: { ...decoder.config, width: 12 } };
    await expect(read(golden("frozen.pt"), { decoder: wider, input, heads: 8 })).rejects.toThrow(ModelError);
    await expect(read(golden("mlp.pt"), { decoder: wider, input, heads: 8 })).rejects.toThrow(/multiple of 12/);
  });

  it("becomes a run folder by `models import`, and ONNX files by `models export`", async () => {
    const clip = await writeTinyClip(join(folder, "clip"), 12);
    const out = join(folder, "run");
    const options = ["--mode", "mask", "--encoder-model", clip, "--decoder-model", join(folder, "gpt2"), "--out", out];
    const command = ["models", "import", golden("joint.pt"), ...options, "--json"];
    const { exitCode, stdout } = await captureCli(registry, command);
    expect(exitCode).toBe(0);
    const { checkpoint } = JSON.parse(stdout) as { checkpoint: string };
    const wrong = command.map((word) => (word === "mask" ? "image+mask" : word === out ? `${out}-wrong` : word));
    const refused = await captureCli(registry, wrong);
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toMatch(/24 numbers[\s\S]*12 numbers[\s\S]*--mode image or mask/);

    const model = await loadCaptioner(checkpoint);
    expect(model.info.input).toEqual({ mode: "mask", concatNorm: false });
    const words = portableTensor("trained/transformer.wte.weight", [23, 16]);
    expect(model.weights.get("gpt.transformer.wte.weight")).toEqual(words);

    const onnx = join(folder, "onnx");
    const exported = await captureCli(registry, ["models", "export", out, "--onnx", onnx, "--max-tokens", "5"]);
    expect(exported.stderr).toBe("");
    expect(exported.exitCode).toBe(0);
    const system = JSON.parse(await readFile(join(onnx, "system.json"), "utf8"));
    expect(system.search).toMatchObject({ beams: 5, maxTokens: 5, stopId: 1 });
    expect((await readdir(onnx)).sort()).toEqual([
      "decoder-prefill.onnx",
      "decoder-step.onnx",
      "encoder.onnx",
      "mapper.onnx",
      "system.json",
    ]);
    expect(system.files[1]).toEqual({
      file: "mapper.onnx",
      inputs: { visual: "float32[1,12]" },
      outputs: { prefix: "float32[1,3,16]" },
    });
  });
});
