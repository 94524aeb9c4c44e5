import { expect, it } from "vitest";
import { checkRows } from "./check-study.ts";
import type { PreparedStudy } from "./prepare.ts";

const row = { sentence: "No effusion." };

/** A study of one training, as far as its rows are concerned. */
function studyOf(rows: Partial<Record<"train" | "selection" | "test", readonly { readonly sentence: string }[]>>) {
  const { train = [row, row], selection = [row], test = [row] } = rows;
  const options = { batchSize: 2 };
  const settings = { selectOn: "validation" };
  const training = { folder: "mask_seed-0", train, selection, options, settings, cells: [{ test: [row] }, { test }] };
  return { plan: { trainings: [training, training] } } as unknown as PreparedStudy;
}

it("a study is refused before its trainings for what would stop or spoil them", () => {
  expect(() => checkRows(studyOf({}))).not.toThrow();
  expect(() => checkRows(studyOf({ test: [{ sentence: "" }, row] }))).not.toThrow();
  const refused = [
    [{ train: [row] }, /fewer training rows than a batch[\s\S]*mask_seed-0 and 1 more[\s\S]*at least 2[\s\S]*1 rows/],
    [{ selection: [] }, /no rows to choose its checkpoint on[\s\S]*split validation/],
    [{ test: [] }, /has no test rows/],
    [{ test: [{ sentence: " " }, { sentence: "" }] }, /no sentence to compare with/],
  ] as const;
  for (const [rows, message] of refused) expect(() => checkRows(studyOf(rows))).toThrow(message);
});
