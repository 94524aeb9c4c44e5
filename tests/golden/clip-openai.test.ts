/** CLIP under OpenAI's names against open_clip: from a folder as open_clip writes it to the embedding. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostArray, Shape } from "../../src/base/arrays.ts";
import { encoderGraph } from "../../src/models/clip/index.ts";
import { loadEncoder } from "../../src/models/node/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { writeSafetensors } from "../../src/weights/node/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";

interface Case {
  readonly seed: string;
  readonly pixels: { readonly name: string; readonly shape: Shape };
  readonly parameters: Record<string, Shape>;
}

const runtime = openRuntime();
const golden = readGolden<{ cases: Case[]; archives: (Pick<Case, "pixels"> & { name: string })[] }>("clip-openai");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clip-openai-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The reference's embedding is not normalised; ours leaves the encoder at length 1. */
function unitRows({ shape, data }: HostArray): number[] {
  const width = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, row) => {
    const values = Array.from(data.slice(row * width, (row + 1) * width), Number);
    const length = Math.hypot(...values);
    return values.map((value) => value / length);
  }).flat();
}

async function writeFolder({ seed, parameters }: Case, config?: object): Promise<string> {
  const dir = join(folder, seed);
  await mkdir(dir, { recursive: true });
  await writeSafetensors(join(dir, "open_clip_model.safetensors"), portableWeights(seed, parameters));
  if (config !== undefined) await writeFile(join(dir, "open_clip_config.json"), JSON.stringify(config));
  return dir;
}

describe("CLIP under OpenAI's names", () => {
  it.each(golden.manifest.cases.map((c) => [c.seed, c] as const))("%s: embedding", async (seed, golden_) => {
    const { config, weights } = await loadEncoder(await writeFolder(golden_));
    const { name, shape } = golden_.pixels;
    expect([config.kind, config.imageSize]).toEqual([seed.startsWith("vit") ? "vit" : "resnet", shape[2]]);
    await using session = await runtime.compile(encoderGraph(config, shape[0]!), { weights });
    const outputs = await session.run(new Map([["pixels", portableValues(name, shape)]]));
    expectClose(outputs.get("embeddings")!.data, unitRows(golden.array(`${seed}/embedding`)), "float32Engine");
  });

  it.each(golden.manifest.archives.map((c) => [c.name, c] as const))(
    "%s.pt, a TorchScript archive",
    async (name, c) => {
      const { config, weights } = await loadEncoder(fileURLToPath(new URL(`clip-openai/${name}.pt`, import.meta.url)));
      const { name: input, shape } = c.pixels;
      await using session = await runtime.compile(encoderGraph(config, shape[0]!), { weights });
      const outputs = await session.run(new Map([["pixels", portableValues(input, shape)]]));
      expectClose(outputs.get("embeddings")!.data, unitRows(golden.array(`${name}/embedding`)), "float32Engine");
    },
  );

  it("is refused with a configuration that has another activation", async () => {
    const vit = golden.manifest.cases.find(({ seed }) => seed === "vit-a")!;
    const modelConfig = { embed_dim: 24, vision_cfg: { layers: 2, width: 64, patch_size: 8 } };
    const dir = await writeFolder(vit, { model_cfg: modelConfig });
    await expect(loadEncoder(dir)).rejects.toThrow(/activation.*quick_gelu/s);
    await writeFolder(vit, { model_cfg: { ...modelConfig, quick_gelu: true } });
    expect((await loadEncoder(dir)).config.projectionWidth).toBe(24);
  });

  it.each([
    ["nothing", undefined, /No image encoder was found.*found: nothing/s],
    ["an empty folder", async (dir: string) => mkdir(dir), /No image encoder was found/],
    [
      "other weights",
      async (dir: string) => writeSafetensors(join(dir, "open_clip_model.safetensors"), new Map()),
      /not those of a CLIP image encoder/,
    ],
  ])("is not found in %s", async (name, arrange, message) => {
    const dir = join(folder, name);
    await arrange?.(dir);
    await expect(loadEncoder(dir)).rejects.toThrow(message);
  });
});
