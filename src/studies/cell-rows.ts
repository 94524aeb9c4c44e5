/** The rows of a cell: chosen, transformed, split by split. */
import { applyTransforms, type Study as Film, type Row, rowChoice, rowsOf, type SplitName } from "../data/index.ts";
import { type CellSettings, type ScopedTransform, seededTransform } from "./file/settings.ts";

export interface CellRows {
  readonly train: readonly Row[];
  /** Rows whose loss chooses the checkpoint. */
  readonly selection: readonly Row[];
  readonly test: readonly Row[];
}

function transformed<R extends Row>(rows: readonly R[], transforms: readonly ScopedTransform[]): readonly R[] {
  return transforms.reduce<readonly R[]>((before, { transform, on }) => {
    const [first] = before;
    // The rows of one call are of one split.
    return first !== undefined && on.includes(first.split) ? applyTransforms(before, [transform]) : before;
  }, rows);
}

/** The transforms of a cell under a seed. */
export function transformsOf(settings: CellSettings, seed: number): readonly ScopedTransform[] {
  return settings.transforms.map((transform) => seededTransform(transform, seed));
}

/**
 * Rows as the reference takes them (REFERENCE §5): those without a sentence are dropped from training only. What the
 * test is read by may differ from what was trained on.
 */
export function rowsOfCell(films: readonly Film[], settings: CellSettings, seed: number): CellRows {
  const transforms = transformsOf(settings, seed);
  const { testLanguage, testFindings, testReader } = settings;
  const own = rowChoice(settings);
  const test = rowChoice({
    language: testLanguage ?? settings.language,
    findings: testFindings ?? settings.findings,
    reader: testReader ?? settings.reader,
  });
  const rows = (split: SplitName, choice: typeof own, emptySentences: "drop" | "keep") =>
    transformed(rowsOf(films, { ...choice, split, emptySentences }).rows, transforms);
  return {
    train: rows("train", own, "drop"),
    selection: rows(settings.selectOn, own, "keep"),
    test: rows("test", test, "keep"),
  };
}
