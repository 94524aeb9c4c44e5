import { describe, expect, it } from "vitest";
import { displayedImage, filmOfStoredValues, type StoredImage } from "./stored-values.ts";

const plain: StoredImage = {
  width: 4,
  height: 1,
  values: Int32Array.of(0, 100, 2000, 4095),
  bits: 12,
  isSigned: false,
  isLowestWhite: false,
  rescale: { slope: 1, intercept: 0 },
  modalityTable: undefined,
  padding: undefined,
  voi: undefined,
};
const levels = (more: Partial<StoredImage>) => [...filmOfStoredValues({ ...plain, ...more }).pixels];

describe("the film that the model sees", () => {
  it("has the stored values as levels, whatever window or rescaling a display applies", () => {
    const displayed = { voi: { centre: 5, width: 2, shape: "linear" as const }, rescale: { slope: 3, intercept: -7 } };
    expect(filmOfStoredValues({ ...plain, ...displayed })).toEqual({
      width: 4,
      height: 1,
      colourModel: "grey",
      depth: 16,
      pixels: Uint16Array.of(0, 100, 2000, 4095),
    });
  });

  it("is an 8-bit film for unsigned bytes only", () => {
    const bytes = { bits: 8, values: Int32Array.of(0, 1, 254, 255) };
    expect(filmOfStoredValues({ ...plain, ...bytes })).toMatchObject({
      depth: 8,
      pixels: Uint8Array.of(0, 1, 254, 255),
    });
    const signed = { bits: 8, isSigned: true, values: Int32Array.of(-128, -1, 0, 127) };
    expect(filmOfStoredValues({ ...plain, ...signed })).toMatchObject({
      depth: 16,
      pixels: Uint16Array.of(0, 127, 128, 255),
    });
  });

  it("is turned round by MONOCHROME1 or a negative slope, and not by both", () => {
    const reversed = [4095, 3995, 2095, 0];
    expect(levels({ isLowestWhite: true })).toEqual(reversed);
    expect(levels({ rescale: { slope: -1, intercept: 0 } })).toEqual(reversed);
    expect(levels({ isLowestWhite: true, rescale: { slope: -1, intercept: 0 } })).toEqual([0, 100, 2000, 4095]);
  });

  it("goes through a modality LUT, whose ends serve all values beyond them", () => {
    const modalityTable = { first: 100, values: Uint16Array.of(10, 20, 30), bits: 10 };
    expect(levels({ modalityTable, values: Int32Array.of(0, 101, 102, 4000) })).toEqual([10, 20, 30, 30]);
    expect(levels({ modalityTable, isLowestWhite: true, values: Int32Array.of(0, 101, 102, 103) })).toEqual([
      1013, 1003, 993, 993,
    ]);
  });

  it("has padding at the darkest level of the rest", () => {
    expect(levels({ padding: { low: 0, high: 0 } })).toEqual([100, 100, 2000, 4095]);
    expect(levels({ padding: { low: 3000, high: 4095 } })).toEqual([0, 100, 2000, 0]);
    expect(levels({ padding: { low: 0, high: 50 }, isLowestWhite: true })).toEqual([0, 3995, 2095, 0]);
  });
});

describe("the film as a display shows it", () => {
  const shown = (more: Partial<StoredImage>) => [...displayedImage({ ...plain, ...more }).pixels];

  it("spans what occurs where there is no window, and leaves padding black", () => {
    expect(shown({})).toEqual([0, 6, 125, 255]);
    expect(shown({ padding: { low: 4095, high: 4095 }, isLowestWhite: true })).toEqual([255, 242, 0, 0]);
    expect(shown({ values: Int32Array.of(7, 7, 7, 7) })).toEqual([0, 0, 0, 0]);
  });

  it("follows the three shapes of a window", () => {
    const values = Int32Array.of(999, 1000, 1500, 2001);
    const of = (shape: "linear" | "linear exact" | "sigmoid") =>
      shown({ values, voi: { centre: 1500, width: 1000, shape } });
    expect(of("linear exact")).toEqual([0, 0, 128, 255]);
    expect(of("linear")).toEqual([0, 0, 128, 255]);
    expect(of("sigmoid")).toEqual([30, 30, 128, 225]);
    expect(shown({ values, voi: { centre: 1500, width: 1, shape: "linear" } })).toEqual([0, 0, 255, 255]);
  });
});
