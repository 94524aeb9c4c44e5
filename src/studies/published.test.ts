import { describe, expect, it } from "vitest";
import { finding, study } from "../../tests/support/made-studies.ts";
import { publishedRelease } from "../../tests/support/published-release.ts";
import { isPaperData, publishedColumns, publishedRow } from "./published.ts";

describe("the paper's numbers", () => {
  it("are shown for its own data alone", () => {
    const studies = publishedRelease.map(({ id, positive, negative, split, patient }) => {
      const findings = Array.from({ length: positive + negative }, (_, k) => finding({ abnormal: k < positive }));
      return study(id, findings, { split, patientId: patient });
    });
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
