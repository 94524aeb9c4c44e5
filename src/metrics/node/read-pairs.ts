/** Pairs from files: the CSV that `generate` writes, or JSON. */
import { readFile } from "node:fs/promises";
import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import type { Pair } from "../metric.ts";

const columns = ["ref", "hyp"] as const;

const jsonSchema = z.array(z.object({ ref: z.union([z.string(), z.array(z.string()).min(1)]), hyp: z.string() }));

function fromCsv(text: string, path: string): Pair[] {
  let records: Record<string, string>[];
  try {
    records = parse(text, { columns: true, bom: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === "number" ? `, line ${error.lines}` : "";
    throw new DataError("The file is not CSV as its first line promises.", {
      where: `${path}${line}`,
      found: error.code,
    });
  }
  const [first = {}] = records;
  const missing = columns.find((column) => records.length > 0 && !(column in first));
  if (missing !== undefined) {
    throw new DataError("The file lacks a column.", {
      where: path,
      expected: "columns ref and hyp, as `generate` writes them",
      // Not their names: without a header they are somebody's sentences.
      found: `no ${missing} among ${Object.keys(first).length} columns`,
    });
  }
  return records.map(({ ref = "", hyp = "" }) => ({ hypothesis: hyp, references: [ref] }));
}

function fromJson(text: string, path: string): Pair[] {
  const expected = 'a list of {"ref": text or list of texts, "hyp": text}';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DataError("The file is not JSON.", { where: path, expected });
  }
  const parsed = jsonSchema.safeParse(value);
  if (parsed.success) {
    return parsed.data.map(({ ref, hyp }) => ({ hypothesis: hyp, references: typeof ref === "string" ? [ref] : ref }));
  }
  const place = parsed.error.issues[0]?.path ?? [];
  const [item] = place;
  throw new DataError("The file does not hold pairs of texts.", {
    where: typeof item === "number" ? `${path}, item ${item + 1}` : path,
    expected,
  });
}

/**
 * Further columns and keys are ignored; texts stay as they are, for the profile to prepare.
 * @throws DataError when the file cannot be read or lacks references or hypotheses
 */
export async function readPairs(path: string): Promise<Pair[]> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new DataError("The file cannot be read.", { where: path, found: fileErrorCode(error) ?? "unknown" });
  });
  return path.endsWith(".json") ? fromJson(text, path) : fromCsv(text, path);
}
