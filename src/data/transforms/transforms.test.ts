import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { madeRows } from "../../../tests/support/made-rows.ts";
import { unitBox } from "../../images/index.ts";
import type { Row } from "../vocabulary.ts";
import { applyTransforms, rowTransformSchema } from "./apply.ts";
import { boxPresentBit, centralBox, otherPatientBoxes, shuffledBoxes } from "./box-controls.ts";
import { defaultBoxNoise, noiseBoxes, noisyBox } from "./box-noise.ts";
import { groundedFraction } from "./grounded-fraction.ts";
import { readBoxesOf } from "./readers.ts";
import { keptCount, subset } from "./subset.ts";

fc.configureGlobal({ seed: 7 });

const rows = madeRows(60);
const seeds = fc.integer({ min: 0, max: 1e6 });
const percents = fc.integer({ min: 0, max: 100 });
const units = fc.constantFrom("row" as const, "study" as const);
const noises = fc.record({
  level: fc.constantFrom(1, 2, 3, 4, 5),
  side: fc.constantFrom("train" as const, "test" as const, "both" as const),
  seed: seeds,
  distribution: fc.constantFrom("uniform" as const, "normal" as const),
  scaleAbout: fc.constantFrom("box centre" as const, "box corner" as const, "image centre" as const),
  order: fc.constantFrom("scale, translate" as const, "translate, scale" as const),
  redraw: fc.nat(3),
});
const boxes = fc
  .tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 100 })))
  .filter(([x1, y1, x2, y2]) => x1! < x2! && y1! < y2!)
  .map(([x1, y1, x2, y2]) => unitBox(x1! / 100, y1! / 100, x2! / 100, y2! / 100));

const boxesOf = (list: readonly Row[]) => list.map((row) => row.boxes);
const withoutBoxes = (list: readonly Row[]) => list.map((row) => ({ ...row, boxes: [] }));
const sorted = (list: readonly unknown[]) => list.map((item) => JSON.stringify(item)).sort();

describe("keptCount", () => {
  it("counts as Python's int(n * p / 100) on the paper's percentages, and where floating point would lose one", () => {
    expect([5, 10, 20, 50, 80, 100].map((percent) => keptCount(7315, percent))).toEqual([
      365, 731, 1463, 3657, 5852, 7315,
    ]);
    expect(keptCount(100, 29)).toBe(29);
    expect(keptCount(1000, 0.7)).toBe(7);
  });
});

describe("subset", () => {
  it("keeps its share, in order, and smaller ones lie within larger ones", () => {
    fc.assert(
      fc.property(percents, percents, seeds, units, (a, b, seed, by) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)].map((percent) => subset(rows, { percent, by, seed }));
        const places = large!.map((row) => rows.indexOf(row));
        expect(places).toEqual([...places].sort((x, y) => x - y));
        for (const row of small!) expect(large).toContain(row);
        const [count, all] = by === "row" ? [large!.length, rows.length] : [studiesOf(large!), studiesOf(rows)];
        expect(count).toBe(keptCount(all, Math.max(a, b)));
      }),
    );
  });

  it("by study takes all rows of a study or none, whatever the order of the rows", () => {
    fc.assert(
      fc.property(percents, seeds, (percent, seed) => {
        const kept = subset(rows, { percent, by: "study", seed });
        const ids = new Set(kept.map(({ studyId }) => studyId));
        expect(kept).toEqual(rows.filter(({ studyId }) => ids.has(studyId)));
        const backwards = subset([...rows].reverse(), { percent, by: "study", seed });
        expect(backwards.reverse()).toEqual(kept);
      }),
    );
  });

  it("draws every row about as often over many seeds, and another set for another seed", () => {
    const counts = new Map<Row, number>();
    for (let seed = 0; seed < 400; seed++) {
      for (const row of subset(rows, { percent: 50, by: "row", seed })) counts.set(row, (counts.get(row) ?? 0) + 1);
    }
    // Binomial(400, 1/2): 200 ± 10; five standard deviations.
    for (const row of rows) expect(Math.abs(counts.get(row)! - 200)).toBeLessThan(50);
    expect(subset(rows, { percent: 20, by: "study", seed: 1 })).not.toEqual(
      subset(rows, { percent: 20, by: "study", seed: 2 }),
    );
  });

  function studiesOf(list: readonly Row[]): number {
    return new Set(list.map(({ studyId }) => studyId)).size;
  }
});

describe("groundedFraction", () => {
  it("keeps every row, and the boxes of its share of the annotated studies, nested", () => {
    const annotated = new Set(rows.filter((row) => row.boxes.length > 0).map(({ studyId }) => studyId));
    fc.assert(
      fc.property(percents, percents, seeds, (a, b, seed) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)].map((percent) =>
          groundedFraction(rows, { percent, seed }),
        );
        expect(withoutBoxes(large!)).toEqual(withoutBoxes(rows));
        const grounded = (list: readonly Row[]) =>
          new Set(list.filter((row) => row.boxes.length > 0).map(({ studyId }) => studyId));
        expect(grounded(large!).size).toBe(keptCount(annotated.size, Math.max(a, b)));
        for (const study of grounded(small!)) expect(grounded(large!)).toContain(study);
        for (const [i, row] of large!.entries()) expect([[], rows[i]!.boxes]).toContainEqual(row.boxes);
      }),
    );
    expect(groundedFraction(rows, { percent: 100, seed: 0 })).toEqual(rows);
    expect(boxesOf(groundedFraction(rows, { percent: 0, seed: 0 })).flat()).toEqual([]);
  });
});

describe("box noise", () => {
  it("is none on level 0", () => {
    const reaching = { ...rows[1]!, boxes: [unitBox(-0.1, 0.2, 1.3, 0.4), unitBox(0.5, 0.5, 0.4, 0.6)] };
    const all = [...rows, reaching];
    expect(noiseBoxes(all, defaultBoxNoise(0, "both", 3))).toEqual(all);
  });

  it("keeps its bounds: centre and size of a box that is not clipped", () => {
    const box = unitBox(0.45, 0.4, 0.55, 0.6);
    const moved = Array.from({ length: 5000 }, (_, i) => noisyBox(box, `${i}.png`, defaultBoxNoise(2, "both", 5)));
    const factors = moved.map(({ x1, x2 }) => (x2 - x1) / 0.1);
    const rights = moved.map(({ x1, x2 }) => (x1 + x2) / 2 - 0.5);
    const downs = moved.map(({ y1, y2 }) => (y1 + y2) / 2 - 0.5);
    for (const [i, { y1, y2 }] of moved.entries()) expect((y2 - y1) / 0.2).toBeCloseTo(factors[i]!, 9);
    const expected: readonly [readonly number[], number, number][] = [
      [factors, 1, 0.2],
      [rights, 0, 0.064],
      [downs, 0, 0.064],
    ];
    for (const [values, centre, bound] of expected) {
      for (const value of values) expect(Math.abs(value - centre)).toBeLessThanOrEqual(bound + 1e-9);
      // Uniform: each tenth of the range holds a tenth of the draws; 500 ± 21, six standard deviations.
      const tenths = new Array<number>(10).fill(0);
      for (const value of values) tenths[Math.min(9, Math.floor(((value - centre) / bound + 1) * 5))]!++;
      for (const count of tenths) expect(Math.abs(count - 500)).toBeLessThan(128);
    }
    // The three draws of a box have nothing to do with each other: correlations of 5000 pairs, five standard errors.
    for (const [a, b] of [
      [factors, rights],
      [factors, downs],
      [rights, downs],
    ] as const) {
      expect(Math.abs(correlation(a, b))).toBeLessThan(5 / Math.sqrt(5000));
    }
  });

  it("moves a box in one direction on every level, in proportion", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const box = unitBox(0.48, 0.48, 0.52, 0.52);
        const centre = (level: number) => {
          const { x1, x2, y1, y2 } = noisyBox(box, "a.png", defaultBoxNoise(level, "both", seed));
          return [(x1 + x2) / 2 - 0.5, (y1 + y2) / 2 - 0.5, (x2 - x1) / 0.04 - 1];
        };
        const strongest = centre(5);
        for (const level of [1, 2, 3, 4]) {
          for (const [i, value] of centre(level).entries()) expect(value).toBeCloseTo((strongest[i]! * level) / 5, 9);
        }
      }),
    );
  });

  it("gives boxes on the image with an area, whatever the settings", () => {
    fc.assert(
      fc.property(boxes, noises, fc.string(), (box, noise, image) => {
        const { x1, y1, x2, y2 } = noisyBox(box, image, noise);
        expect(0 <= x1 && x1 < x2 && x2 <= 1 && 0 <= y1 && y1 < y2 && y2 <= 1).toBe(true);
      }),
    );
  });

  it("gives the box itself where the noisy one left the image", () => {
    const corner = unitBox(0, 0, 0.01, 0.01);
    const all = Array.from({ length: 200 }, (_, i) => noisyBox(corner, `${i}.png`, defaultBoxNoise(5, "both", 0)));
    const kept = all.filter((box) => box === corner).length;
    // It stays inside only when it moves right and down: about a quarter.
    expect(kept).toBeGreaterThan(100);
    expect(kept).toBeLessThan(190);
  });

  it("touches its side only, and gives the same before and after a subset is taken", () => {
    fc.assert(
      fc.property(noises, percents, (noise, percent) => {
        const noisy = noiseBoxes(rows, noise);
        const isTouched = ({ split }: Row) => noise.side === "both" || (split === "test") === (noise.side === "test");
        expect(noisy.filter((row) => !isTouched(row))).toEqual(rows.filter((row) => !isTouched(row)));
        const drawn = { percent, by: "row" as const, seed: 1 };
        expect(noiseBoxes(subset(rows, drawn), noise)).toEqual(subset(noisy, drawn));
      }),
    );
    const touched = noiseBoxes(rows, defaultBoxNoise(1, "both", 0)).filter((row, i) => row.boxes !== rows[i]!.boxes);
    expect(touched.flatMap((row) => row.boxes)).not.toEqual(rows.flatMap((row) => row.boxes));
  });

  it("is drawn again for another seed and another drawing", () => {
    const noise = defaultBoxNoise(3, "both", 1);
    const first = noiseBoxes(rows, noise);
    expect(noiseBoxes(rows, noise)).toEqual(first);
    expect(noiseBoxes(rows, { ...noise, seed: 2 })).not.toEqual(first);
    expect(noiseBoxes(rows, { ...noise, redraw: 1 })).not.toEqual(first);
  });

  it("scales about what it is told to, before or after it moves", () => {
    const box = unitBox(0.4, 0.4, 0.5, 0.6);
    const noise = { ...defaultBoxNoise(5, "both", 11), distribution: "uniform" as const };
    const centred = noisyBox(box, "a.png", noise);
    const factor = (centred.x2 - centred.x1) / 0.1;
    const [dx, dy] = [(centred.x1 + centred.x2) / 2 - 0.45, (centred.y1 + centred.y2) / 2 - 0.5];
    const corner = noisyBox(box, "a.png", { ...noise, scaleAbout: "box corner" });
    expect(corner.x1).toBeCloseTo(0.4 + dx, 9);
    const late = noisyBox(box, "a.png", { ...noise, scaleAbout: "image centre", order: "translate, scale" });
    expect(late.x1).toBeCloseTo(0.5 + (0.4 + dx - 0.5) * factor, 9);
    expect(late.y2).toBeCloseTo(0.5 + (0.6 + dy - 0.5) * factor, 9);
  });

  function correlation(a: readonly number[], b: readonly number[]): number {
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [ma, mb] = [mean(a), mean(b)];
    const product = mean(a.map((value, i) => (value - ma) * (b[i]! - mb)));
    return product / Math.sqrt(mean(a.map((v) => (v - ma) ** 2)) * mean(b.map((v) => (v - mb) ** 2)));
  }
});

describe("readers", () => {
  const finding = {
    boxes: [unitBox(0, 0, 0.5, 0.5), unitBox(0.6, 0.6, 1, 1)],
    extraBoxes: [unitBox(0.25, 0.25, 0.75, 0.75)],
  };

  it("gives one list, both, or what both marked", () => {
    expect(readBoxesOf(finding, 1)).toBe(finding.boxes);
    expect(readBoxesOf(finding, 2)).toBe(finding.extraBoxes);
    expect(readBoxesOf(finding, "both")).toEqual([...finding.boxes, ...finding.extraBoxes]);
    expect(readBoxesOf(finding, "intersection")).toEqual([
      unitBox(0.25, 0.25, 0.5, 0.5),
      unitBox(0.6, 0.6, 0.75, 0.75),
    ]);
    expect(readBoxesOf({ ...finding, extraBoxes: [] }, "intersection")).toEqual([]);
  });

  it("marks a point with the intersection exactly when both readers marked it", () => {
    const lists = fc.array(boxes, { maxLength: 4 });
    fc.assert(
      fc.property(
        lists,
        lists,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (first, second, x, y) => {
          const isIn = (list: typeof first) =>
            list.some(({ x1, y1, x2, y2 }) => x1 <= x && x < x2 && y1 <= y && y < y2);
          const marked = (reader: "both" | "intersection") =>
            isIn([...readBoxesOf({ boxes: first, extraBoxes: second }, reader)]);
          expect(marked("intersection")).toBe(isIn(first) && isIn(second));
          expect(marked("both")).toBe(isIn(first) || isIn(second));
        },
      ),
    );
  });
});

describe("controls", () => {
  it("box-present bit: the whole image or nothing", () => {
    for (const [i, row] of boxPresentBit(rows).entries()) {
      expect(row.boxes).toEqual(rows[i]!.boxes.length === 0 ? [] : [unitBox(0, 0, 1, 1)]);
    }
  });

  it("central box: on rows with boxes, or on all", () => {
    const middle = [unitBox(0.25, 0.25, 0.75, 0.75)];
    for (const [i, row] of centralBox(rows, { on: "boxes" }).entries()) {
      expect(row.boxes).toEqual(rows[i]!.boxes.length === 0 ? [] : middle);
    }
    for (const row of centralBox(rows, { on: "all" })) expect(row.boxes).toEqual(middle);
  });

  it("shuffled boxes: a permutation within each split", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const shuffled = shuffledBoxes(rows, { seed });
        expect(withoutBoxes(shuffled)).toEqual(withoutBoxes(rows));
        for (const split of ["train", "validation", "test"]) {
          const inSplit = (list: readonly Row[]) => boxesOf(list.filter((row) => row.split === split));
          expect(sorted(inSplit(shuffled))).toEqual(sorted(inSplit(rows)));
        }
        expect(boxesOf(shuffled)).not.toEqual(boxesOf(rows));
      }),
    );
  });

  it("another patient's boxes: never one's own patient's, always of the same split, and the bit stays", () => {
    const owners = new Map(rows.map((row) => [JSON.stringify(row.boxes), row]));
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const [i, row] of otherPatientBoxes(rows, { seed }).entries()) {
          expect(row.boxes.length > 0).toBe(rows[i]!.boxes.length > 0);
          if (row.boxes.length === 0) continue;
          const donor = owners.get(JSON.stringify(row.boxes))!;
          expect(donor.patientId).not.toBe(row.patientId);
          expect(donor.split).toBe(row.split);
        }
      }),
    );
    const alone = rows.slice(0, 4).map((row) => ({ ...row, patientId: "p" }));
    expect(boxesOf(otherPatientBoxes(alone, { seed: 0 })).flat()).toEqual([]);
  });

  it("goes by study where patients are not known", () => {
    const unknown = rows.map((row) => ({ ...row, patientId: undefined }));
    const owners = new Map(rows.map((row) => [JSON.stringify(row.boxes), row.studyId]));
    for (const row of otherPatientBoxes(unknown, { seed: 4 })) {
      if (row.boxes.length > 0) expect(owners.get(JSON.stringify(row.boxes))).not.toBe(row.studyId);
    }
  });
});

describe("applyTransforms", () => {
  it("applies in order, and takes what a configuration holds", () => {
    const text = JSON.stringify([
      { kind: "subset", percent: 50, by: "study", seed: 1 },
      { kind: "grounded-fraction", percent: 20, seed: 1 },
      { kind: "box-noise", level: 2, side: "train", seed: 1 },
    ]);
    const transforms = (JSON.parse(text) as unknown[]).map((item) => rowTransformSchema.parse(item));
    const half = subset(rows, { percent: 50, by: "study", seed: 1 });
    const expected = noiseBoxes(groundedFraction(half, { percent: 20, seed: 1 }), defaultBoxNoise(2, "train", 1));
    expect(applyTransforms(rows, transforms)).toEqual(expected);
    expect(applyTransforms(rows, [])).toBe(rows);
  });

  it("has every kind in its table; each gives the same twice, changes boxes alone, and not the rows it was given", () => {
    const before = structuredClone(rows);
    for (const settings of [
      { kind: "subset", percent: 50, by: "row", seed: 1 },
      { kind: "grounded-fraction", percent: 50, seed: 1 },
      { kind: "box-noise", level: 5, side: "both", seed: 1 },
      { kind: "box-present-bit" },
      { kind: "shuffled-boxes", seed: 1 },
      { kind: "other-patient-boxes", seed: 1 },
      { kind: "central-box", on: "all" },
    ]) {
      const transforms = [rowTransformSchema.parse(settings)];
      const after = applyTransforms(rows, transforms);
      expect(after).not.toEqual(rows);
      expect(applyTransforms(rows, transforms)).toEqual(after);
      if (settings.kind !== "subset") expect(withoutBoxes(after)).toEqual(withoutBoxes(rows));
    }
    expect(rows).toEqual(before);
  });

  it("refuses unknown keys and levels", () => {
    expect(rowTransformSchema.safeParse({ kind: "box-noise", level: 6, side: "train", seed: 1 }).success).toBe(false);
    expect(rowTransformSchema.safeParse({ kind: "subset", percent: 5, by: "row", seed: 1, sead: 2 }).success).toBe(
      false,
    );
  });
});
