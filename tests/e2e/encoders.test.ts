/** Every kind of image encoder, in every layout that is read, from `models random` or a file to a features file. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { readFeatures } from "../../src/features/node/index.ts";
import { PyTorchFile, writeSafetensors } from "../../src/weights/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";

const archive = (name: string) => fileURLToPath(new URL(`../golden/clip-openai/${name}.pt`, import.meta.url));
const resnetSizes = { image_size: 32, width: 4, embed_dim: 16, layer1: 1, layer2: 1, layer3: 2, layer4: 1 };
const vitSizes = { image_size: 32, patch_size: 16, width: 64, layers: 1, embed_dim: 16 };
const huggingFaceSizes = {
  ...{ image_size: 32, patch_size: 16, hidden_size: 32, intermediate_size: 64 },
  ...{ num_hidden_layers: 1, num_attention_heads: 2, projection_dim: 16 },
};

let dir: string;
const into = (name: string) => join(dir, name);
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-encoders-"));
  await run("data", "synth", "--out", into("data"), "--studies", "2", "--seed", "3", "--size", "128");
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Runs a command that must succeed. */
async function run(...argv: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await captureCli(registry, [...argv, "--json"]);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function random(architecture: string, sizes: Readonly<Record<string, number>>): Promise<string> {
  const out = into(architecture.replace("/", "-"));
  const chosen = Object.entries(sizes).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  await run("models", "random", architecture, "--out", out, ...chosen);
  return out;
}

/** The features of the data set's films, checked to be what an encoder makes. */
async function encode(encoder: string, name: string, width: number) {
  const out = into(`${name}.safetensors`);
  const encoded = await run("encode", into("data"), "--encoder-model", encoder, "--out", out);
  expect(encoded).toMatchObject({ films: 2, unread: [] });
  const { imageVectors } = await readFeatures(out);
  for (const vector of imageVectors.values()) {
    expect(vector).toHaveLength(width);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  }
  return imageVectors;
}

describe("encode, models random and models info", () => {
  it.each([
    ["openai/clip-vit-base-patch32", huggingFaceSizes, { architecture: "openai/clip-vit-base-patch32" }],
    ["ViT-B-32", vitSizes, { architecture: "a vision transformer of CLIP", config: { imageSize: 32, patchSize: 16 } }],
    ["RN50", resnetSizes, { architecture: "a residual network of CLIP", config: { imageSize: 32, stage3: 2 } }],
  ])("of a random %s", async (architecture, sizes, description) => {
    const folder = await random(architecture, sizes);
    expect(await run("models", "info", folder)).toMatchObject({ ...description, otherTensors: 0 });
    await encode(folder, `${architecture.replace("/", "-")}-features`, 16);
    // Another model's files would mix with these.
    const again = await captureCli(registry, ["models", "random", architecture, "--out", folder, "--seed", "1"]);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining("The model folder is not empty.")]);
  });

  it.each([
    ["ViT-tiny", 24],
    ["RN-tiny", 16],
  ])(
    "of %s: the archive, a folder of it, open_clip's two files and a plain folder give one embedding",
    async (name, width) => {
      const alone = await encode(archive(name), `${name}-alone`, width);
      const [first, second] = alone.values();
      expect(first).not.toEqual(second);
      expect(await run("models", "info", archive(name))).toMatchObject({ storedAs: ["F16"] });
      await mkdir(into(`${name}-folder`));
      await copyFile(archive(name), join(into(`${name}-folder`), `${name}.pt`));
      expect(await encode(into(`${name}-folder`), `${name}-of-folder`, width)).toEqual(alone);

      await using file = await PyTorchFile.open(archive(name));
      const weights = new Map<string, Awaited<ReturnType<typeof file.read>>>();
      for (const key of file.entries.keys()) weights.set(key, await file.read(key));
      for (const weightsFile of ["open_clip_model.safetensors", "model.safetensors"]) {
        const folder = into(`${name}-${weightsFile}`);
        await mkdir(folder);
        await writeSafetensors(join(folder, weightsFile), weights);
        // open_clip's folders on the hub have a config.json of transformers beside them at times.
        if (weightsFile.startsWith("open_clip")) await writeFile(join(folder, "config.json"), "{}");
        expect(await encode(folder, `${name}-of-${weightsFile}`, width)).toEqual(alone);
      }
      const pytorch = into(`${name}-pytorch`);
      await mkdir(pytorch);
      await copyFile(archive(name), join(pytorch, "open_clip_pytorch_model.bin"));
      expect(await encode(pytorch, `${name}-of-pytorch`, width)).toEqual(alone);
    },
  );
});
