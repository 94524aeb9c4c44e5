import { describe, expect, it } from "vitest";
import { unitBox } from "../images/index.ts";
import { type CachedRow, featuresOfCache } from "./cached-features.ts";
import { type EncoderIdentity, maskKey, vectorsOf } from "./features.ts";

const encoder = {
  name: "clip",
  path: "clip",
  hash: "0",
  preprocessing: "1",
  view: { fit: "crop", side: 224 },
} as const;
const unit = (at: number) => Float32Array.from({ length: 4 }, (_, i) => Number(i === at));
const left = unitBox(0.1, 0.1, 0.4, 0.4);
const right = unitBox(0.6, 0.1, 0.9, 0.4);

const rows: CachedRow[] = [
  { imageId: "a", caption: "One.", boxes: [left, right], image: unit(0), mask: unit(1) },
  { imageId: "a", caption: "Two.", boxes: [], image: unit(0), mask: unit(3) },
  { imageId: "b", caption: "Three.", boxes: [left, right], image: unit(2), mask: unit(2) },
];
const made = (more: readonly CachedRow[] = []) =>
  featuresOfCache([...rows, ...more], encoder satisfies EncoderIdentity, 4, "cache.pkl");

describe("features of a cache", () => {
  it("keep each film once, and the masks of each film apart", () => {
    const features = made();
    expect(features.films.size).toBe(2);
    expect(features.imageVectors.size).toBe(2);
    expect(features.maskVectors.size).toBe(3);
  });

  it("are found by image and boxes, in any order; boxes without area are none", () => {
    const features = made();
    const row = (imageId: string, boxes: CachedRow["boxes"]) => vectorsOf(features, { imageId, boxes } as never);
    expect(row("a", [right, left, left]).mask).toEqual(unit(1));
    expect(row("b", [left, right]).mask).toEqual(unit(2));
    expect(row("b", [unitBox(0.5, 0.5, 0.4, 0.9), unitBox(1.1, 0, 1.2, 1)]).mask).toEqual(unit(3));
    expect(() => row("b", [left])).toThrow(/no mask with these boxes/);
  });

  it("take what float16 makes of a vector, and nothing that is farther from it", () => {
    const close = unit(0).map((value) => value * 0.9995);
    expect(made([{ ...rows[0]!, image: close }]).imageVectors.size).toBe(2);
    const far = Float32Array.of(0.99, Math.sqrt(1 - 0.99 ** 2), 0, 0);
    expect(() => made([{ ...rows[0]!, image: far }])).toThrow(/two different vectors[\s\S]*image a/);
    expect(() => made([{ ...rows[0]!, imageId: "c", mask: close.map((value) => 2 * value) }])).toThrow(/length 1\.99/);
    expect(() => made([{ ...rows[0]!, imageId: "c", image: new Float32Array(3) }])).toThrow(/found: 3 numbers/);
  });

  it("give a film with a size the key of its pixels", () => {
    expect(maskKey([left], { width: 10, height: 20 })).toBe("10x20 1,2,4,8");
  });
});
