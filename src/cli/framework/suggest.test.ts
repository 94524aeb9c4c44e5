import { expect, it } from "vitest";
import { didYouMean, nearest } from "./suggest.ts";

const known = ["batchSize", "learningRate", "epochs"];

it.each([
  ["batch_size", "batchSize"],
  ["batch-size", "batchSize"],
  ["BatchSize", "batchSize"],
  ["epoch", "epochs"],
  ["lerningRate", "learningRate"],
])("takes %s for %s", (written, meant) => {
  expect(nearest(written, known)).toBe(meant);
});

it("suggests nothing for a word that is near to none, and lists what there is", () => {
  expect(nearest("temperature", known)).toBeUndefined();
  expect(nearest("x", [])).toBeUndefined();
  expect(didYouMean("temperature", known)).toBe("Known here: batchSize, learningRate, epochs.");
  expect(didYouMean("epoch", known)).toBe("Did you mean epochs?");
});
