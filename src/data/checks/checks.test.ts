import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finding, study } from "../../../tests/support/made-studies.ts";
import { contentHash, type Film, filmPrint, filmRelief, looksLike, type UnitBox, unitBox } from "../../images/index.ts";
import { inspectDataset } from "../check.ts";
import { compareWithPublished, publishedCounts } from "../padchest-gr/published-counts.ts";
import type { SplitName, Study } from "../vocabulary.ts";
import { boxStatistics, readerAgreement, viewLoss } from "./boxes.ts";
import { histogram, spread } from "./histogram.ts";
import { regionIou, unionArea } from "./regions.ts";

fc.configureGlobal({ seed: 11 });

describe("histogram and spread", () => {
  it("count every value once, those beyond the ends in the end bins", () => {
    expect(histogram([-1, 0, 0.24, 0.25, 0.99, 1, 7], 0, 1, 4)).toEqual({ from: 0, to: 1, counts: [3, 1, 0, 3] });
    expect(spread([4, 1, 3])).toEqual({ least: 1, median: 3, mean: 8 / 3, most: 4 });
    expect(spread([4, 1, 3, 2]).median).toBe(2.5);
    expect(spread([])).toEqual({ least: 0, median: 0, mean: 0, most: 0 });
  });
});

describe("regions", () => {
  const quarter = unitBox(0, 0, 0.5, 0.5);

  it("count an area once that several boxes cover, and only what is on the film", () => {
    expect(unionArea([quarter, unitBox(0.25, 0.25, 0.75, 0.75)])).toBeCloseTo(0.4375, 12);
    expect(unionArea([unitBox(-1, -1, 0.5, 0.5), unitBox(0.5, 0.2, 0.4, 0.9)])).toBeCloseTo(0.25, 12);
    expect(regionIou([quarter], [unitBox(0, 0, 1, 0.5)])).toBeCloseTo(0.5, 12);
    expect(regionIou([quarter], [])).toBe(0);
    expect(regionIou([], [])).toBe(0);
  });

  it("agree with counting cells of a grid that all edges lie on", () => {
    const edge = fc.integer({ min: -2, max: 12 });
    const boxes = fc.array(
      fc.tuple(edge, edge, edge, edge).map(([a, b, c, d]) => unitBox(a / 10, b / 10, c / 10, d / 10)),
      { maxLength: 5 },
    );
    const cells = (list: readonly UnitBox[]) => {
      let count = 0;
      for (let x = 0.05; x < 1; x += 0.1) {
        for (let y = 0.05; y < 1; y += 0.1) {
          if (list.some((box) => box.x1 < x && x < box.x2 && box.y1 < y && y < box.y2)) count++;
        }
      }
      return count / 100;
    };
    fc.assert(
      fc.property(boxes, (list) => {
        expect(unionArea(list)).toBeCloseTo(cells(list), 9);
      }),
    );
  });
});

describe("boxes", () => {
  it("are summed up over what is drawn on the film", () => {
    const all = [finding({ boxes: [unitBox(0, 0, 0.5, 0.2), unitBox(0.5, 0.5, 1.5, 1)] }), finding()];
    const { area, width, perFinding } = boxStatistics([study("1", all)]);
    expect(area.least).toBeCloseTo(0.1, 12);
    expect(area.most).toBeCloseTo(0.25, 12);
    expect(width.most).toBe(0.5);
    expect(perFinding.counts.slice(0, 3)).toEqual([1, 0, 1]);
  });

  it("outside the view are counted, the worst first", () => {
    const wide = (_: number, { imageId }: Study) => (imageId === "1.png" ? { width: 200, height: 100 } : undefined);
    const all = [
      finding({ boxes: [unitBox(0.4, 0, 0.6, 1)] }),
      finding({ boxes: [unitBox(0, 0, 0.5, 1)] }),
      finding({ boxes: [unitBox(0, 0, 0.2, 1)] }),
    ];
    const loss = viewLoss([study("1", all), study("unread", all)], wide, { fit: "crop", side: 224 });
    expect(loss.report).toMatchObject({ boxes: 3, cut: 2, lost: 1 });
    expect(loss.problems.map(({ where }) => where)).toEqual(["study 1, finding 3"]);
    expect(loss.offenders.map((offender) => offender.finding)).toEqual([2, 1]);
    expect(loss.offenders[1]!.badness).toBeCloseTo(0.5, 12);
    expect(viewLoss([study("1", all)], wide, { fit: "pad", side: 224 }).report.cut).toBe(0);
  });

  it("of two readers are compared where both drew some", () => {
    const box = unitBox(0, 0, 0.5, 0.5);
    const all = [
      finding({ boxes: [box], extraBoxes: [box] }),
      finding({ boxes: [box], extraBoxes: [unitBox(0.5, 0.5, 1, 1)] }),
      finding({ boxes: [box] }),
      // A reversed box marks nothing: it is no disagreement.
      finding({ boxes: [unitBox(0.5, 0.5, 0.1, 0.1)], extraBoxes: [box] }),
    ];
    const agreement = readerAgreement([study("1", all)]);
    expect(agreement).toMatchObject({ findings: 2, disjoint: 1, iou: { least: 0, most: 1, mean: 0.5 } });
    expect(agreement.offenders.map((offender) => offender.finding)).toEqual([1]);
    // Exactly a tenth, which belongs to the second bin.
    const tenth = [finding({ boxes: [unitBox(0, 0, 1, 1)], extraBoxes: [unitBox(0, 0, 1, 0.1)] })];
    expect(readerAgreement([study("1", tenth)])).toMatchObject({
      iou: { most: 0.1 },
      iouHistogram: { counts: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0] },
    });
  });
});

describe("published counts", () => {
  it("are compared for sets of the release's size only", () => {
    const many = Array.from({ length: publishedCounts.studies - 3 }, (_, i) => study(`${i}`, [finding()]));
    expect(compareWithPublished(many, "r.json").map(({ what }) => what)).toContain(
      "It has 4552 studies; the release has 4555.",
    );
    expect(compareWithPublished(many.slice(0, 100), "r.json")).toEqual([]);
  });
});

describe("films that look the same", () => {
  const readingOf = (film: Film) => ({ ...film, print: filmPrint(film) });

  const film = (pixel: (x: number, y: number) => number, width = 96, height = 120): Film => ({
    width,
    height,
    colourModel: "grey",
    depth: 16,
    pixels: Uint16Array.from({ length: width * height }, (_, i) =>
      pixel((i % width) / width, Math.floor(i / width) / height),
    ),
  });
  const hills = (x: number, y: number) => 20000 + 15000 * Math.sin(9 * x) * Math.cos(7 * y);
  const others = (x: number, y: number) => 20000 + 15000 * Math.sin(8 * x + 1) * Math.cos(7 * y + 2);

  it("have the same hash only with the same pixels and size", () => {
    const one = film(hills);
    expect(contentHash(film(hills))).toBe(contentHash(one));
    expect(contentHash({ ...one, width: one.height, height: one.width })).not.toBe(contentHash(one));
    const changed = film(hills);
    changed.pixels[7000]! += 1;
    expect(contentHash(changed)).not.toBe(contentHash(one));
  });

  it("are found whatever their size and contrast, and different ones are not", () => {
    const one = filmRelief(film(hills));
    expect(looksLike(one, filmRelief(film((x, y) => hills(x, y) * 0.5 + 900, 301, 377)), 0.99)).toBe(true);
    expect(looksLike(one, filmRelief(film((x, y) => 60000 - hills(x, y))), 0.99)).toBe(true);
    expect(looksLike(one, filmRelief(film(others)), 0.99)).toBe(false);
    expect(filmRelief(film(() => 5)).every((step) => step === 0)).toBe(true);
  });

  it("are problems of the data set: the same pixels, and lookalikes across splits", async () => {
    const films: Readonly<Record<string, Film>> = {
      "a.png": film(hills),
      "b.png": film(hills),
      "c.png": film((x, y) => hills(x, y) * 0.5, 200, 250),
      "d.png": film(others),
    };
    const studies = (["train", "train", "test", "test"] as const).map((split: SplitName, i) =>
      study("abcd"[i]!, [finding()], { split }),
    );
    const problemsIn = async (all: readonly Study[]) => {
      const inspected = await inspectDataset(
        { name: "made", studies: all, problems: [], sources: [] },
        async (source) => readingOf(films[source as string]!),
      );
      return inspected.report.problems.map(({ code, where }) => `${code}: ${where}`);
    };
    expect(await problemsIn(studies)).toEqual([
      "duplicate-content: images a.png (train), b.png (train)",
      "near-duplicate: images a.png (train), b.png (train), c.png (test)",
    ]);
    const withB = (split: SplitName | undefined) =>
      studies.map((one) => (one.studyId === "b" ? { ...one, split } : one));
    expect((await problemsIn(withB("test")))[0]).toBe(
      "duplicate-content-across-splits: images a.png (train), b.png (test)",
    );
    // In no split nobody trains or tests on it.
    expect(await problemsIn(withB(undefined))).toContain("duplicate-content: images a.png (train), b.png (no split)");
  });

  it("are one problem a film, however many there are, and its splits show", async () => {
    const count = 3000;
    const studies = Array.from({ length: count }, (_, i) =>
      study(`${i}`, [], { split: i === count - 1 ? "test" : "train" }),
    );
    const { report, nearDuplicates } = await inspectDataset(
      { name: "made", studies, problems: [], sources: [] },
      async (source) => readingOf(film((x, y) => hills(x, y) + Number.parseInt(source as string, 10), 30, 30)),
    );
    expect(report.problems.map(({ where, what }) => `${where}: ${what}`)).toEqual([
      `images ${[0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => `${i}.png (train)`).join(", ")}, 2999.png (test) and 2990 more: 3000 films of different splits look the same.`,
    ]);
    expect(nearDuplicates.map((group) => group.at(-1)!.studyId)).toEqual(["2999"]);
  });
});
