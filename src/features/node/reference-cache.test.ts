import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.ts";
import { unitBox } from "../../images/index.ts";
import { readReferenceCache } from "./reference-cache.ts";

const golden = (name: string) => fileURLToPath(new URL(`../../../tests/golden/pytorch/${name}`, import.meta.url));

describe("a feature cache of the public code", () => {
  it.each(["cache-numpy-4.pkl", "cache-torch-2.pkl"])("%s: rows with both their vectors", async (name) => {
    const [first, second] = await readReferenceCache(golden(name));
    expect(first).toMatchObject({ imageId: "a.png", caption: "One.", boxes: [unitBox(0.1, 0.2, 0.5, 0.75)] });
    expect(second!.boxes).toEqual([]);
    expect([first!.image, first!.mask, second!.image, second!.mask].map(({ length }) => length)).toEqual([4, 4, 4, 4]);
    expect(new Set([first!.image, first!.mask, second!.image, second!.mask].map(String)).size).toBe(4);
  });

  it("is not another pickle", async () => {
    await expect(readReferenceCache(golden("arrays-4.pkl"))).rejects.toThrow(DataError);
    await expect(readReferenceCache(golden("arrays-4.pkl"))).rejects.toThrow(/not a feature cache/);
  });
});
