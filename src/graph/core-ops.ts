/** The core ops, their three tables joined by name. A forgotten row is a compile error in its table. */
import { gradientRules } from "./gradient-rules.ts";
import { onnxRules } from "./onnx/rules.ts";
import type { OpRow, OpSet } from "./op-set.ts";
import { shapeRules } from "./shape-rules.ts";

function join(): OpSet {
  const rows: Record<string, OpRow> = {};
  for (const [op, shape] of Object.entries(shapeRules)) {
    // Each table is checked row by row against OpAttributes where it is written; joined, they are looked up by name.
    rows[op] = {
      shape,
      onnx: onnxRules[op as keyof typeof onnxRules],
      gradient: gradientRules[op as keyof typeof gradientRules],
    } as OpRow;
  }
  return rows;
}

export const coreOps: OpSet = join();
