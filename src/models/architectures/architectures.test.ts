import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sizeOf } from "../../base/arrays.ts";
import { DataError, ModelError, ShapeError, UsageError } from "../../base/errors.ts";
import {
  hashWeights,
  openModelFolder,
  readSafetensors,
  readWeights,
  writeModelFolder,
} from "../../weights/node/index.ts";
import { architectureNames, findArchitecture, randomModel } from "./index.ts";
import { describeModelFolder } from "./node/index.ts";

const clip = findArchitecture("openai/clip-vit-base-patch32");
const gpt2 = findArchitecture("openai-community/gpt2");
const rn50 = findArchitecture("RN50");
const vitB32 = findArchitecture("ViT-B-32");
const tinyClip = {
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 64,
  image_size: 32,
  patch_size: 8,
  projection_dim: 16,
};
const tinyGpt2 = { n_embd: 8, n_layer: 2, n_head: 2, n_positions: 16 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "architectures-"));
});
afterAll(() => rm(folder, { recursive: true }));

const written = async (name: string, model: ReturnType<typeof randomModel>) => {
  const dir = join(folder, name);
  await writeModelFolder(dir, model.files, model.tensors);
  return dir;
};

describe("full size", () => {
  // Counts of transformers' GPT2LMHeadModel, CLIPVisionModelWithProjection, and BERT's family without pooler; of
  // open_clip's image towers with their statistics.
  it.each([
    [gpt2, 148, 124_439_808],
    [clip, 200, 87_849_216],
    [findArchitecture("google-bert/bert-base-uncased"), 197, 108_891_648],
    [findArchitecture("distilbert/distilbert-base-uncased"), 100, 66_362_880],
    [findArchitecture("FacebookAI/roberta-base"), 197, 124_055_040],
    [findArchitecture("ViT-B-32"), 152, 87_849_216],
    [findArchitecture("ViT-B-16"), 152, 86_192_640],
    [findArchitecture("ViT-L-14"), 296, 303_966_208],
    [findArchitecture("RN50"), 284, 38_370_144],
    [findArchitecture("RN101"), 539, 56_365_408],
    [findArchitecture("RN50x4"), 434, 87_246_840],
    [findArchitecture("RN50x16"), 644, 167_522_832],
    [findArchitecture("RN50x64"), 1004, 420_790_976],
  ])("$name has the original's parameters", (architecture, tensors, parameters) => {
    const model = randomModel(architecture, 0);
    expect(model.tensors.length).toBe(tensors);
    expect(model.tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(parameters);
  });
});

describe("a random model", () => {
  it("is the same for the same seed and another for another", async () => {
    const hashes = await Promise.all(
      [1, 1, 2].map(async (seed, i) => {
        const dir = await written(`seed-${i}`, randomModel(clip, seed, tinyClip));
        return (await describeModelFolder(dir)).hash;
      }),
    );
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  // Deviations measured on transformers' and open_clip's own initialisation.
  it.each([
    [rn50, {}, "visual.conv1.weight", 0, 0.1111],
    [rn50, {}, "visual.layer1.0.conv2.weight", 0, 0.02406],
    [rn50, {}, "visual.layer1.0.bn3.weight", 0, 0],
    [rn50, {}, "visual.layer1.0.bn2.weight", 1, 0],
    [rn50, {}, "visual.layer1.0.downsample.1.bias", 0, 0],
    [rn50, {}, "visual.layer1.0.bn1.running_var", 1, 0],
    [rn50, {}, "visual.layer1.0.bn1.running_mean", 0, 0],
    [rn50, {}, "visual.attnpool.positional_embedding", 0, 0.0221],
    [rn50, {}, "visual.attnpool.q_proj.bias", 0, 0.01276],
    [vitB32, {}, "visual.class_embedding", 0, 0.03608],
    [vitB32, {}, "visual.positional_embedding", 0, 0.03608],
    [vitB32, {}, "visual.proj", 0, 0.03608],
    [vitB32, {}, "visual.conv1.weight", 0, 0.01042],
    [vitB32, {}, "visual.ln_pre.weight", 1, 0],
    [vitB32, {}, "visual.transformer.resblocks.3.attn.in_proj_weight", 0, 0.02552],
    [vitB32, {}, "visual.transformer.resblocks.3.attn.in_proj_bias", 0, 0],
    [vitB32, {}, "visual.transformer.resblocks.3.attn.out_proj.bias", 0, 0],
    [vitB32, {}, "visual.transformer.resblocks.3.mlp.c_fc.bias", 0, 0.02083],
    [vitB32, {}, "visual.transformer.resblocks.3.mlp.c_proj.weight", 0, 0.01042],
    [clip, tinyClip, "vision_model.embeddings.class_embedding", 0, 32 ** -0.5],
    [clip, tinyClip, "vision_model.embeddings.patch_embedding.weight", 0, 0.02],
    [clip, tinyClip, "vision_model.embeddings.position_embedding.weight", 0, 0.02],
    [clip, tinyClip, "vision_model.pre_layrnorm.weight", 1, 0],
    [clip, tinyClip, "vision_model.encoder.layers.1.layer_norm2.weight", 1, 0],
    [clip, tinyClip, "vision_model.encoder.layers.1.layer_norm2.bias", 0, 0],
    [clip, tinyClip, "vision_model.encoder.layers.1.self_attn.v_proj.weight", 0, 1 / Math.sqrt(32 * 4)],
    [clip, tinyClip, "vision_model.encoder.layers.1.self_attn.v_proj.bias", 0, 0],
    [clip, tinyClip, "vision_model.encoder.layers.1.self_attn.out_proj.weight", 0, 32 ** -0.5],
    [clip, tinyClip, "vision_model.encoder.layers.1.mlp.fc1.weight", 0, 1 / 8],
    [clip, tinyClip, "vision_model.encoder.layers.1.mlp.fc2.weight", 0, 1 / Math.sqrt(32 * 4)],
    [clip, tinyClip, "visual_projection.weight", 0, 32 ** -0.5],
    [gpt2, tinyGpt2, "wte.weight", 0, 0.02],
    [gpt2, { ...tinyGpt2, n_embd: 64 }, "h.1.attn.c_attn.weight", 0, 0.02],
    [gpt2, { ...tinyGpt2, n_embd: 64 }, "h.1.mlp.c_proj.weight", 0, 0.01],
    [gpt2, tinyGpt2, "h.1.mlp.c_proj.bias", 0, 0],
    [gpt2, tinyGpt2, "ln_f.weight", 1, 0],
  ])("of $name: %s %s", (architecture, sizes, name, mean, deviation) => {
    const tensor = randomModel(architecture, 3, sizes).tensors.find((candidate) => candidate.name === name)!;
    const values = [...(tensor.data() as Float32Array)];
    const average = values.reduce((sum, v) => sum + v, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - average) ** 2, 0) / values.length);
    const error = (4 * deviation) / Math.sqrt(values.length); // four standard errors
    expect(Math.abs(average - mean)).toBeLessThanOrEqual(error);
    expect(Math.abs(spread - deviation)).toBeLessThanOrEqual(error);
  });

  it.each([
    ["an unknown size", { hidden: 3 }, UsageError, /n_embd, n_layer, n_head, n_positions/],
    ["a size of zero", { n_layer: 0 }, UsageError, /at least 1/],
    ["a broken size", { n_layer: 1.5 }, UsageError, /found: 1.5/],
    ["heads that do not divide the width", { n_embd: 10, n_head: 4 }, ShapeError, /4 heads/],
  ])("refuses %s", (_, sizes, kind, message) => {
    expect(() => randomModel(gpt2, 0, sizes)).toThrow(kind);
    expect(() => randomModel(gpt2, 0, sizes)).toThrow(message);
  });

  it("refuses to take the place of a model", async () => {
    const model = randomModel(clip, 1, tinyClip);
    await written("twice", model);
    await expect(written("twice", model)).rejects.toThrow(DataError);
  });
});

describe("a model folder", () => {
  it("gives back what was written, and is described", async () => {
    const model = randomModel(clip, 5, tinyClip);
    const dir = await written("described", model);
    const opened = await openModelFolder(dir);
    const { shapes } = clip.parameters(opened.config, opened.configPath);
    const weights = await readWeights(opened, shapes);
    expect([...weights.keys()]).toEqual(model.tensors.map(({ name }) => name));
    for (const { name, data } of model.tensors) expect(weights.get(name)!.data).toEqual(data());
    expect(hashWeights(weights)).toBe(hashWeights((await readSafetensors(opened.weightsPath)).weights));
    expect(await describeModelFolder(dir)).toMatchObject({
      architecture: "openai/clip-vit-base-patch32",
      modelType: "clip",
      // Embeddings, two norms, two layers, projection.
      parameters: 32 + 32 * 3 * 64 + 17 * 32 + 128 + 2 * (4 * (32 * 32 + 32) + 128 + 2 * 32 * 64 + 96) + 16 * 32,
      tensors: 40,
      otherTensors: 0,
      storedAs: ["F32"],
      config: { imageSize: 32, patchSize: 8, projectionWidth: 16 },
      preprocessing: { crop_size: { height: 32, width: 32 } },
      hasTokenizer: false,
    });
  });

  it("of GPT-2 is read with and without `transformer.` in front of the names", async () => {
    const model = randomModel(gpt2, 5, tinyGpt2);
    const prefixed = model.tensors.map((tensor) => ({ ...tensor, name: `transformer.${tensor.name}` }));
    const buffer = { ...prefixed[0]!, name: "transformer.h.0.attn.bias" };
    const plainDir = await written("plain", model);
    const prefixedDir = await written("prefixed", { ...model, tensors: [...prefixed, buffer] });
    const [plain, other] = await Promise.all(
      [plainDir, prefixedDir].map(async (dir) => {
        const opened = await openModelFolder(dir);
        const { shapes, storedName } = gpt2.parameters(opened.config, opened.configPath);
        return hashWeights(await readWeights(opened, shapes, storedName(opened.entries)));
      }),
    );
    expect(other).toBe(plain);
    expect((await describeModelFolder(prefixedDir)).otherTensors).toBe(1);
  });

  it("of another architecture is refused", async () => {
    const dir = await written("other", randomModel(clip, 5, tinyClip));
    const opened = await openModelFolder(dir);
    expect(() => gpt2.parameters(opened.config, opened.configPath)).toThrow(ModelError);
    const config = JSON.parse(await readFile(opened.configPath, "utf8")) as object;
    await writeFile(opened.configPath, JSON.stringify({ ...config, model_type: "t5" }));
    await expect(describeModelFolder(dir)).rejects.toThrow(/clip, clip_vision_model, gpt2.*found: t5/s);
  });

  it("whose weights do not fit its configuration is refused, with the first that do not and their number", async () => {
    const dir = await written("misfit", randomModel(clip, 5, tinyClip));
    const opened = await openModelFolder(dir);
    const { shapes } = clip.parameters(
      clip.files({ ...tinyClip, intermediate_size: 65 })["config.json"]!,
      "config.json",
    );
    const reading = readWeights(opened, new Map([["absent", [1]], ...shapes]));
    await expect(reading).rejects.toThrow(ModelError);
    await expect(reading).rejects.toThrow(
      /"absent" is missing; ".*fc1\.weight" is \[64,32\] instead of \[65,32\]; .*; and 4 more/,
    );
  });
});

it("an unknown architecture is a usage error that lists the known ones", () => {
  expect(architectureNames.map((name) => findArchitecture(name).name)).toEqual([...architectureNames]);
  expect(() => findArchitecture("gpt3")).toThrow(UsageError);
  expect(() => findArchitecture("gpt3")).toThrow(/openai\/clip-vit-base-patch32 or openai-community\/gpt2/);
});
