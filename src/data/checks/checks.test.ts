import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentHash, type Film, filmPrint, filmRelief, looksLike, type UnitBox, unitBox } from "../../images/index.ts";
import { inspectDataset } from "../check.ts";
import { compareWithPublished, publishedCounts } from "../padchest-gr/published-counts.ts";
import type { Finding, SplitName, Study } from "../vocabulary.ts";
import { boxStatistics, readerAgreement, viewLoss } from "./boxes.ts";
import { histogram, spread } from "./histogram.ts";
import { progressionProblems } from "./progression.ts";
import { regionIou, unionArea } from "./regions.ts";
import { textStatistics } from "./texts.ts";

fc.configureGlobal({ seed: 11 });

function finding(more: Partial<Finding> = {}): Finding {
  return {
    sentence: { en: "Nodule.", es: "Nódulo." },
    abnormal: true,
    boxes: [],
    extraBoxes: [],
    labels: [],
    locations: [],
    progression: undefined,
    ...more,
  };
}

function study(name: string, findings: readonly Finding[], more: Partial<Study> = {}): Study {
  const imageId = `${name}.png`;
  return { studyId: name, imageId, imagePath: imageId, patientId: name, split: "train", findings, ...more };
}

const texts = (...sentences: string[]) => [
  study(
    "1",
    sentences.map((en) => finding({ sentence: { en, es: "" } })),
  ),
];

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
    ];
    const agreement = readerAgreement([study("1", all)]);
    expect(agreement).toMatchObject({ findings: 2, disjoint: 1, iou: { least: 0, most: 1, mean: 0.5 } });
    expect(agreement.offenders.map((offender) => offender.finding)).toEqual([1]);
  });
});

describe("texts", () => {
  it("are counted, odd ones apart", () => {
    const sentences = [
      ...["Nodule.", "Nodule.", "", "A 1.5 cm nodule.", "No full stop", "N\u0000dule.", "NÃ³dulo.", "Torn \uD800."],
    ];
    expect(textStatistics(texts(...sentences), "en", undefined)).toMatchObject({
      sentences: 7,
      distinct: 6,
      words: { least: 1, most: 4 },
      oddCharacters: 2,
      wronglyDecoded: 1,
      withoutFullStop: 1,
      innerFullStop: 1,
    });
    expect(textStatistics(texts("Nódulo en el lóbulo superior, ¿previo?"), "en", undefined)).toMatchObject({
      oddCharacters: 0,
      wronglyDecoded: 0,
    });
  });

  it("have tokens where somebody counts them: the reference's padding length, and what it cuts", () => {
    const words = (count: number) => new Array(count).fill("x").join(" ");
    const lengths = [...new Array(400).fill(4), 5, 16, 300];
    const { tokens } = textStatistics(texts(...lengths.map(words)), "en", (text) => text.split(" ").length);
    // Mean 4.77, unbiased std 14.76: ⌊152.3⌋ tokens are kept.
    expect(tokens).toMatchObject({
      count: { most: 300 },
      paddingLength: 152,
      cutInTraining: 1,
      longerThanGenerated: 2,
    });
  });
});

describe("progression", () => {
  const prior = { studyId: "0", imageId: "0.png", imagePath: undefined };
  const stable = finding({ progression: "stable" });

  it("needs a study before, a positive finding, and another study", () => {
    const fine = study("1", [stable, finding({ abnormal: false })], { prior });
    expect(progressionProblems([fine])).toEqual([]);
    const odd = [
      study("2", [stable]),
      study("3", [finding({ progression: "worsened", abnormal: false })], { prior }),
      study("4", [], { prior: { ...prior, studyId: "4" } }),
    ];
    expect(progressionProblems([fine, ...odd]).map(({ where }) => where)).toEqual([
      ...["study 2, finding 1", "study 3, finding 1", "study 4"],
    ]);
    expect(progressionProblems([study("2", [stable])])).toEqual([]);
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
    const inspected = await inspectDataset({ name: "made", studies, problems: [], sources: [] }, async (source) =>
      readingOf(films[source as string]!),
    );
    const found = inspected.report.problems.map(({ code, where }) => `${code}: ${where}`);
    expect(found).toEqual([
      "duplicate-content: images a.png (train), b.png (train)",
      "near-duplicate: images a.png (train), c.png (test)",
      "near-duplicate: images b.png (train), c.png (test)",
    ]);
    const leaked = studies.map((one) => ({ ...one, split: one.studyId === "b" ? ("test" as const) : one.split }));
    const again = await inspectDataset({ name: "made", studies: leaked, problems: [], sources: [] }, async (source) =>
      readingOf(films[source as string]!),
    );
    expect(again.report.problems[0]).toMatchObject({ code: "duplicate-content-across-splits", severity: "error" });
  });
});
