/** What the comparisons of a test run measured, for the table in docs/reproduction.md (oracle/measure_deviations.py). */
import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import { expect } from "vitest";

/** With REGIONFORMER_DEVIATIONS set to a file, each comparison that passes adds a line to it; tests of the tests do not pass. */
export function recordDeviation(tolerance: string, distance: number): void {
  const path = process.env.REGIONFORMER_DEVIATIONS;
  if (path === undefined) return;
  const { testPath = "", currentTestName = "" } = expect.getState();
  const file = relative(process.cwd(), testPath);
  appendFileSync(path, `${JSON.stringify({ file, test: currentTestName, tolerance, distance })}\n`);
}
