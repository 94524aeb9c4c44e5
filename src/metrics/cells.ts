/** Lists and boxes as cells hold them. */
import { DataError } from "../base/errors.ts";
import { type UnitBox, unitBox } from "../images/boxes.ts";

/** A Python list of strings: ['loc right', "loc left"]. */
const pythonList = /^\[\s*(?:(?:'[^']*'|"[^"]*")\s*,?\s*)*\]$/;

/** The entries of a list cell: JSON or Python's spelling, or parted by ; or |. An empty cell is undefined. */
export function listCell(value: unknown): readonly string[] | undefined {
  if (Array.isArray(value)) return value.map(String);
  const text = typeof value === "string" ? value.trim() : "";
  if (text === "") return undefined;
  if (text.startsWith("[")) {
    if (pythonList.test(text)) return [...text.matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, a, b]) => a ?? b ?? "");
    try {
      const json: unknown = JSON.parse(text);
      if (Array.isArray(json)) return json.map(String);
    } catch {
      // No list after all: one entry with brackets.
    }
  }
  return text.split(/[;|]/).map((entry) => entry.trim());
}

/**
 * Boxes of a cell: [[x1, y1, x2, y2], …] in fractions of the image, or nothing.
 * @throws DataError when it is something else
 */
export function boxesCell(value: unknown, place: string): readonly UnitBox[] {
  let list: unknown = value;
  if (typeof value === "string") {
    if (value.trim() === "") return [];
    try {
      list = JSON.parse(value);
    } catch {
      list = undefined;
    }
  }
  if (value === undefined || value === null) return [];
  const isBox = (box: unknown): box is [number, number, number, number] =>
    Array.isArray(box) && box.length === 4 && box.every((edge) => typeof edge === "number" && Number.isFinite(edge));
  if (Array.isArray(list) && list.every(isBox)) return list.map((box) => unitBox(...box));
  throw new DataError("A cell holds no boxes.", {
    where: place,
    expected: "[[x1, y1, x2, y2], …] in fractions of width and height, or nothing",
    found: "something else",
  });
}
