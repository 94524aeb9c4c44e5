import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boxArea, unitBox } from "../../images/index.ts";
import { boxVariants } from "./box-variants.ts";
import { wordChanges } from "./counterfactual.ts";

const box = fc
  .tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0, max: 1, noNaN: true })))
  .map(([a, b, c, d]) => unitBox(Math.min(a!, b!), Math.min(c!, d!), Math.max(a!, b!), Math.max(c!, d!)));

describe("boxVariants", () => {
  it("moves, resizes and removes", () => {
    const changed = Object.fromEntries(
      boxVariants([unitBox(0.1, 0.4, 0.3, 0.6)]).map(({ change, boxes }) => [change, boxes]),
    );
    const numbers = (name: string) =>
      changed[name]!.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2].map((value) => Number(value.toFixed(9))));
    expect(numbers("mirrored to the other side")).toEqual([[0.7, 0.4, 0.9, 0.6]]);
    expect(numbers("moved up by a quarter of the film")).toEqual([[0.1, 0.15, 0.3, 0.35]]);
    expect(numbers("moved down by a quarter of the film")).toEqual([[0.1, 0.65, 0.3, 0.85]]);
    expect(numbers("half as wide and high")).toEqual([[0.15, 0.45, 0.25, 0.55]]);
    expect(numbers("twice as wide and high")).toEqual([[0, 0.3, 0.4, 0.7]]);
    expect(changed.removed).toEqual([]);
  });

  it("never leaves the film, and moves keep the size", () => {
    fc.assert(
      fc.property(fc.array(box, { minLength: 1, maxLength: 3 }), (boxes) => {
        for (const { change, boxes: changed } of boxVariants(boxes)) {
          changed.forEach((of, i) => {
            for (const value of [of.x1, of.y1, of.x2, of.y2]) {
              expect(value).toBeGreaterThanOrEqual(-1e-12);
              expect(value).toBeLessThanOrEqual(1 + 1e-12);
            }
            if (/moved|mirrored/.test(change)) expect(boxArea(of)).toBeCloseTo(boxArea(boxes[i]!), 9);
          });
        }
      }),
    );
  });
});

describe("wordChanges", () => {
  it("tells what went and what came, in order", () => {
    expect(wordChanges("Large left pleural effusion.", "Small left basal pleural effusion.")).toEqual([
      { kind: "removed", words: ["Large"] },
      { kind: "added", words: ["Small"] },
      { kind: "same", words: ["left"] },
      { kind: "added", words: ["basal"] },
      { kind: "same", words: ["pleural", "effusion."] },
    ]);
  });

  it("gives back both sentences", () => {
    const sentence = fc.array(fc.constantFrom("left", "right", "effusion", "no", "is"), { maxLength: 8 });
    fc.assert(
      fc.property(sentence, sentence, (before, after) => {
        const changes = wordChanges(before.join(" "), after.join(" "));
        const without = (kind: string) => changes.filter((each) => each.kind !== kind).flatMap(({ words }) => words);
        expect(without("added")).toEqual(before);
        expect(without("removed")).toEqual(after);
      }),
    );
  });
});
