/** Files of torch.save and pickle.dump against what Python says is in them; and pickles that would run code. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostArray } from "../../src/base/arrays.ts";
import { DataError, ModelError } from "../../src/base/errors.ts";
import { type ArrayView, materialise, type PickleValue } from "../../src/weights/index.ts";
import { PyTorchFile, readPickleFile } from "../../src/weights/node/index.ts";
import { expectAllClose, expectArrayClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";

fc.configureGlobal({ seed: 17 });

interface Described {
  readonly dtype: HostArray["dtype"];
  readonly shape: number[];
  readonly values: string[];
}
interface Manifest {
  readonly state: Record<string, Described>;
  readonly script: Record<string, Described>;
  readonly vectors: Described[];
  readonly arrays: Record<string, Described>;
  readonly armed: { readonly name: string; readonly names: string; readonly pickle: string }[];
}

const { manifest } = readGolden<Manifest>("pytorch");
const golden = (name: string) => fileURLToPath(new URL(`pytorch/${name}`, import.meta.url));

function arrayOf({ dtype, shape, values }: Described): HostArray {
  if (dtype === "float32") return { dtype, shape, data: Float32Array.from(values, Number) };
  if (dtype === "int64") return { dtype, shape, data: BigInt64Array.from(values, BigInt) };
  return { dtype, shape, data: Uint8Array.from(values, (value) => Number(value === "True")) };
}

function arraysOf(described: Record<string, Described>, prefix = ""): Map<string, HostArray> {
  return new Map(Object.entries(described).map(([name, array]) => [prefix + name, arrayOf(array)]));
}

async function readAll(path: string): Promise<Map<string, HostArray>> {
  await using file = await PyTorchFile.open(path);
  const arrays = new Map<string, HostArray>();
  for (const name of file.entries.keys()) arrays.set(name, await file.read(name));
  return arrays;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pytorch-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function put(bytes: Uint8Array): Promise<string> {
  const path = join(folder, "file");
  await writeFile(path, bytes);
  return path;
}

const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("files of torch.save", () => {
  it.each(["zip.pt", "legacy.pt"])("%s: every tensor, whatever its type and its place in a storage", async (name) => {
    expectAllClose(await readAll(golden(name)), arraysOf(manifest.state), "exact");
  });

  it("a state dict inside a training checkpoint keeps the path to it in its names", async () => {
    expectAllClose(await readAll(golden("wrapped.pt")), arraysOf(manifest.state, "model_state_dict."), "exact");
    await using file = await PyTorchFile.open(golden("wrapped.pt"));
    expect((file.value as Map<string, PickleValue>).get("epoch")).toBe(3);
  });

  it("a TorchScript archive gives its parameters and buffers, and none of its code", async () => {
    expectAllClose(await readAll(golden("script.pt")), arraysOf(manifest.script), "exact");
  });

  it("says so when a tensor that is asked for is not there", async () => {
    await using file = await PyTorchFile.open(golden("zip.pt"));
    await expect(file.read("none")).rejects.toThrow(ModelError);
  });
});

describe("feature caches of the public code", () => {
  it.each(["numpy-2", "numpy-4", "numpy-5", "torch-2", "torch-4"])("%s", async (kind) => {
    const cache = (await readPickleFile(golden(`cache-${kind}.pkl`))) as Map<string, PickleValue[]>;
    const vectors = cache.get("clip_embedding")!;
    expect(vectors).toHaveLength(manifest.vectors.length);
    for (const [i, vector] of vectors.entries()) {
      expectArrayClose(materialise(vector as ArrayView, kind), arrayOf(manifest.vectors[i]!), "exact");
    }
    const captions = cache.get("captions")!.map((caption) => Object.fromEntries(caption as Map<string, PickleValue>));
    expect(captions).toEqual([
      {
        image_id: "a.png",
        caption: "One.",
        boxes: [[0.1, 0.2, 0.5, 0.75]],
        clip_embedding: 0,
        clip_mask_embedding: 1,
      },
      { image_id: "b.png", caption: "Número dos.", boxes: [], clip_embedding: 2, clip_mask_embedding: 3 },
    ]);
  });
});

describe("arrays of numpy", () => {
  it.each([2, 3, 4, 5])("in protocol %i: every type and layout", async (protocol) => {
    const arrays = (await readPickleFile(golden(`arrays-${protocol}.pkl`))) as Map<string, ArrayView>;
    const read = new Map([...arrays].map(([name, view]) => [name, materialise(view, name)]));
    expectAllClose(read, arraysOf(manifest.arrays), "exact");
  });
});

describe("a pickle that runs code under Python", () => {
  it.each(manifest.armed)("$name: is refused by the name of what it calls", async ({ name, names, pickle }) => {
    const bytes = Buffer.from(pickle, "base64");
    for (const read of [readPickleFile, PyTorchFile.open]) {
      const error = await refusal(read(await put(bytes)));
      expect(error).toBeInstanceOf(DataError);
      // As a PyTorch file the nested one is refused already for what nests it.
      if (read === readPickleFile || !name.startsWith("in a nested"))
        expect((error as Error).message).toContain(`"${names}"`);
    }
    expect(existsSync("marker") || existsSync(join(folder, "marker"))).toBe(false);
  });
});

describe("whatever the bytes", () => {
  const files = ["zip.pt", "legacy.pt", "script.pt", "cache-torch-4.pkl", "cache-numpy-2.pkl", "arrays-5.pkl"];

  it.each(files)("%s with bytes changed or cut ends in an error for people, or is read", async (name) => {
    const good = await readFile(golden(name));
    const read = name.endsWith(".pkl") ? readPickleFile : readAll;
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 4 }), fc.nat(good.length), async (changes, cut) => {
        const bytes = Uint8Array.from(good.subarray(0, changes.length === 0 ? cut : good.length));
        for (const [place, byte] of changes) bytes[place] = byte;
        const error = await refusal(read(await put(bytes)));
        expect(error === undefined || error instanceof DataError || error instanceof ModelError).toBe(true);
      }),
      { numRuns: 150, seed: 5 },
    );
  });
});
