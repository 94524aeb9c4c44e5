/** Weights files beyond 2 and 4 GB, byte for byte those of torch.save and safetensors, without their zeros on disk. */
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWeights } from "../../src/weights/node/index.ts";
import { readGolden } from "../support/golden.ts";

interface Manifest {
  readonly large: number;
  readonly small: Record<string, number[] | number[][]>;
  readonly files: { readonly name: string; readonly size: number; readonly segments: [number, string][] }[];
}

const { manifest } = readGolden<Manifest>("large-files");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "large-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A sparse file: what is not written are zeros that take no room. */
async function put({ name, size, segments }: Manifest["files"][number]): Promise<string> {
  const path = join(folder, name);
  await using file = await open(path, "w");
  await file.truncate(size);
  for (const [offset, hex] of segments) {
    const bytes = Buffer.from(hex, "hex");
    await file.write(bytes, 0, bytes.length, offset);
  }
  return path;
}

const peakBytes = () => process.resourceUsage().maxRSS * 1024;

describe("a weights file of 4.4 GB", () => {
  it.each(manifest.files)("$name: small tensors behind 2 and 4 GB are read without the rest", async (golden) => {
    expect(golden.size).toBeGreaterThan(2 ** 32);
    const before = peakBytes();
    await using file = await openWeights(await put(golden));
    expect(file.entries.get("a.large")!.shape).toEqual([manifest.large]);
    expect(file.entries.get("c.large")!.shape).toEqual([manifest.large]);
    for (const [name, values] of Object.entries(manifest.small)) {
      expect([...(await file.read(name)).data], name).toEqual(values.flat());
    }
    expect(peakBytes() - before).toBeLessThan(2 ** 27);
  });
});
