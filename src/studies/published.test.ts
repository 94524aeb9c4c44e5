import { describe, expect, it } from "vitest";
import type { Finding, Study } from "../data/index.ts";
import { isPaperData, publishedColumns, publishedRow } from "./published.ts";

/** Studies with exactly the published counts: 3,099 of 4,555 abnormal, 7,037 positive and 3,422 negative sentences. */
function release(): Study[] {
  const finding = (abnormal: boolean): Finding => ({
    ...{ sentence: { en: "A sentence.", es: "" }, abnormal, boxes: [], extraBoxes: [], labels: [], locations: [] },
    progression: undefined,
  });
  const spread = (total: number, over: number, i: number) => Math.floor(total / over) + (i < total % over ? 1 : 0);
  return Array.from({ length: 4555 }, (_, i) => {
    const positive = i < 3099 ? spread(7037, 3099, i) : 0;
    const negative = i < 3099 ? 0 : spread(3422, 4555 - 3099, i - 3099);
    return {
      ...{ studyId: `s${i}`, imageId: `f${i}`, imagePath: undefined, patientId: `p${Math.min(i, 4458)}` },
      split: i < 3185 ? "train" : i < 3185 + 455 ? "validation" : "test",
      findings: [
        ...Array.from({ length: positive }, () => finding(true)),
        ...Array.from({ length: negative }, () => finding(false)),
      ],
    };
  });
}

describe("the paper's numbers", () => {
  it("are shown for its own data alone", () => {
    const studies = release();
    expect(isPaperData(studies)).toBe(true);
    expect(isPaperData(studies.slice(1))).toBe(false);
    expect(isPaperData([])).toBe(false);
  });

  it("stand by the names of a row's values", () => {
    expect(publishedColumns).toHaveLength(9);
    expect(publishedRow("table-1", ["image+mask"])!.get("CIDEr")).toBeCloseTo(0.5875, 10);
    expect(publishedRow("table-2", ["20", "mask"])!.get("F1RadGraph")).toBeCloseTo(0.0443, 10);
    expect(publishedRow("table-3", ["5"])!.get("BLEU-1")).toBeCloseTo(0.16, 10);
    expect(publishedRow("table-3", ["6"])).toBeUndefined();
  });

  it("are one cell where tables share one", () => {
    const both = [...publishedRow("table-1", ["image+mask"])!];
    expect([...publishedRow("table-2", ["100", "image+mask"])!]).toEqual(both);
    expect([...publishedRow("table-3", ["0"])!]).toEqual(both);
  });
});
