/** The weights format against the safetensors library: same content read, same bytes written. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostArray, sameShape } from "../../src/base/arrays.ts";
import { parseSafetensors } from "../../src/weights/index.ts";
import { readSafetensors, SafetensorsFile, writeSafetensors } from "../../src/weights/node/index.ts";
import { expectArrayClose } from "../support/expect-close.ts";

interface Manifest {
  readonly metadata: Record<string, string>;
  readonly arrays: readonly { name: string; dtype: HostArray["dtype"]; shape: number[]; values: string[] }[];
  readonly widened: { readonly F16: string; readonly BF16: string };
}

const golden = new URL("safetensors/", import.meta.url);
const reference = new URL("reference.safetensors", golden).pathname;
const manifest = JSON.parse(await readFile(new URL("manifest.json", golden), "utf8")) as Manifest;

const make: Record<HostArray["dtype"], (shape: number[], values: string[]) => HostArray> = {
  float32: (shape, values) => ({ dtype: "float32", shape, data: Float32Array.from(values, Number) }),
  int64: (shape, values) => ({ dtype: "int64", shape, data: BigInt64Array.from(values, BigInt) }),
  bool: (shape, values) => ({ dtype: "bool", shape, data: Uint8Array.from(values, (v) => (v === "True" ? 1 : 0)) }),
};
const expected = new Map(
  manifest.arrays.map(({ name, dtype, shape, values }) => [name, make[dtype](shape, values)] as const),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "safetensors-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("a file of the reference library", () => {
  it("is read whole, from disk and from memory", async () => {
    const fromDisk = await readSafetensors(reference);
    const fromMemory = parseSafetensors(await readFile(reference), "reference");
    for (const { weights, metadata } of [fromDisk, fromMemory]) {
      expect(metadata).toEqual(manifest.metadata);
      expect([...weights.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [name, array] of expected) expect(weights.get(name)).toEqual(array);
    }
  });

  it("is read tensor by tensor", async () => {
    await using file = await SafetensorsFile.open(reference);
    for (const [name, array] of expected) {
      expect(sameShape(file.entries.get(name)!.shape, array.shape)).toBe(true);
      expectArrayClose(await file.read(name), array, "exact", name);
    }
  });

  it("is written with the same bytes, whatever the order of the map", async () => {
    const path = join(folder, "written.safetensors");
    await writeSafetensors(path, new Map([...expected].reverse()), manifest.metadata);
    expect(await readFile(path)).toEqual(await readFile(reference));
  });
});

describe.each(["F16", "BF16"] as const)("%s", (type) => {
  it("is widened to the float32 that PyTorch gives, for all 65,536 values", () => {
    const header = { all: { dtype: type, shape: [65536], data_offsets: [0, 131072] } };
    const json = JSON.stringify(header).padEnd(80);
    const file = new Uint8Array(8 + 80 + 131072);
    file[0] = 80;
    file.set(new TextEncoder().encode(json), 8);
    file.set(new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer), 88);
    const data = parseSafetensors(file, "all").weights.get("all")!.data as Float32Array;
    const canonical = data.map((value) => (Number.isNaN(value) ? Number.NaN : value)); // one NaN pattern
    const hash = createHash("sha256").update(new Uint8Array(canonical.buffer)).digest("hex");
    expect(hash).toBe(manifest.widened[type]);
  });
});
