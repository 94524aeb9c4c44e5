import fc from "fast-check";
import { expect, it } from "vitest";
import { bleu, cider, evaluate, isMeasured, type Measurement, rougeL, valuesOf } from "../../metrics/index.ts";
import { averageOver, meanOfMeasurements, restrictedTo } from "./seed-average.ts";

const words = fc.constantFrom("left", "right", "effusion", "pleural", "no", "mass", "small", ".");
const sentence = fc.array(words, { minLength: 1, maxLength: 6 }).map((each) => each.join(" "));

/** Texts of several seeds for the same references. */
const texts = fc.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 4 })).chain(([rows, seeds]) =>
  fc.record({
    references: fc.array(sentence, { minLength: rows, maxLength: rows }),
    bySeed: fc.array(fc.array(sentence, { minLength: rows, maxLength: rows }), { minLength: seeds, maxLength: seeds }),
    draw: fc.array(fc.integer({ min: 0, max: rows - 1 }), { minLength: 1, maxLength: 8 }),
  }),
);

const pairs = (references: readonly string[], own: readonly string[]) =>
  own.map((hypothesis, i) => ({ hypothesis, references: [references[i]!] }));

it("the mean of measurements has, for any draw of rows, the mean of their values", () => {
  fc.assert(
    fc.property(texts, ({ references, bySeed, draw }) => {
      for (const metric of [bleu, rougeL, cider]) {
        const parts = bySeed.map((own) => metric.measure(pairs(references, own)) as Measurement);
        const mean = valuesOf(meanOfMeasurements(parts), draw);
        for (const [k, value] of mean.entries()) {
          const expected = parts.reduce((sum, part) => sum + valuesOf(part, draw)[k]!, 0) / parts.length;
          expect(value).toBeCloseTo(expected, 12);
        }
      }
    }),
    { numRuns: 60 },
  );
});

it("a part of the rows scores as these rows do alone", async () => {
  const references = ["no pleural effusion .", "small mass left .", "effusion right ."];
  const own = ["no effusion .", "mass left .", "pleural effusion right ."];
  const whole = await evaluate(pairs(references, own), { profile: "authors" });
  const part = restrictedTo(whole, [0, 2]);
  const alone = bleu.measure(pairs([references[0]!, references[2]!], [own[0]!, own[2]!]));
  const [first] = part.outcomes;
  expect(isMeasured(first!.outcome) && valuesOf(first!.outcome)).toEqual(valuesOf(alone));
  expect(part.count).toBe(2);
});

it("a metric that one seed lacks is not computed for the cell", async () => {
  const evaluation = await evaluate(pairs(["a b"], ["a b"]), { profile: "authors" });
  const average = averageOver([evaluation, evaluation]);
  const missing = average.outcomes.filter(({ outcome }) => !isMeasured(outcome)).map(({ metric }) => metric);
  expect(missing).toEqual(["BERTScore", "F1CheXbert", "F1RadGraph"]);
});
