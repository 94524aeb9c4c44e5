/** Files of a format read in pieces: row by row, element by element, or as a whole where a format has a small file an image. */
import type { z } from "zod";
import { DataError } from "../../base/errors.ts";
import type { PackedStudies } from "../compact/studies.ts";
import { type Columns, TableReader, type TableRow } from "../csv-table.ts";
import { JsonList } from "../padchest-gr/json-list.ts";
import { notUtf8, type PiecewiseReader } from "../piecewise.ts";
import type { Problem } from "../problems.ts";
import { NotHeld } from "./not-held.ts";

/** Most bytes of one text: what a JavaScript string can hold, with room to spare. */
const mostTextBytes = 400 * 2 ** 20;

function decoded(path: string, pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    return pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
  } catch (error) {
    throw notUtf8(path, error);
  }
}

/** What is read of files whose text is shown to a function as a whole. @param take throws a DataError for another format */
export function wholeText(path: string, take: (text: string) => void): PiecewiseReader<void> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  return {
    push(bytes) {
      length += bytes.length;
      if (length > mostTextBytes) {
        throw new DataError("The file is too large to be read as one text.", {
          where: path,
          expected: `at most ${mostTextBytes} bytes`,
          found: "more",
          remedy: "Cut it into several files.",
        });
      }
      pieces.push(bytes.slice());
    },
    end() {
      take(decoded(path, pieces));
    },
  };
}

/** A reader of one file whose studies go to those of the files before. */
export function joining(reader: PiecewiseReader<PackedStudies>, studies: PackedStudies): PiecewiseReader<void> {
  return {
    push: (bytes) => reader.push(bytes),
    end() {
      for (const study of reader.end().drain()) studies.add(study);
    },
  };
}

/** Columns that repeat another one as a number. */
const passedOver = ["class_id"];

/** A CSV, row by row. @param end called after the last row */
export function tableRows<Required extends string, Optional extends string>(
  path: string,
  columns: Columns<Required, Optional>,
  problems: Problem[],
  take: (row: TableRow<Required, Optional>) => void,
  end: () => void = () => {},
): PiecewiseReader<void> {
  const rows = new TableReader(path, columns, problems);
  const all = (read: Iterable<TableRow<Required, Optional>>) => {
    for (const row of read) take(row);
  };
  return {
    push: (bytes) => all(rows.push(bytes)),
    end() {
      all(rows.end());
      const notHeld = new NotHeld();
      for (const name of rows.otherColumns) if (!passedOver.includes(name)) notHeld.add("columns", name);
      for (const found of notHeld.problems(path)) problems.push(found);
      end();
    },
  };
}

/** An element that has the shape it should have. @throws DataError that says where it has not */
export function checkedElement<S extends z.ZodType>(
  element: unknown,
  file: string,
  path: readonly PropertyKey[],
  schema: S,
  expected: string,
): z.output<S> {
  const parsed = schema.safeParse(element);
  if (parsed.success) return parsed.data;
  const { path: within, code } = parsed.error.issues[0]!;
  const place = [...path, ...within];
  throw new DataError("The file is not of this format.", {
    where: place.length === 0 ? file : `${file}, at ${place.join(".")}`,
    expected,
    found: code === "invalid_type" ? "a value of another type" : code.replaceAll("_", " "),
    remedy: "Check --from, and that this is the right file.",
  });
}

/** What errors say of a list within a file of this kind. */
export function listTitle(expected: string) {
  return { subject: "The records", expected, remedy: "Export the file again." };
}

/** A JSON file that is one list, element by element. @param end called after the last element */
export function jsonElements<S extends z.ZodType>(
  path: string,
  schema: S,
  expected: string,
  take: (element: z.output<S>, index: number) => void,
  end: () => void = () => {},
): PiecewiseReader<void> {
  const list = new JsonList(path, listTitle(expected));
  let index = 0;
  const all = (elements: Iterable<unknown>) => {
    for (const element of elements) take(checkedElement(element, path, [index], schema, expected), index++);
  };
  return {
    push: (bytes) => all(list.push(bytes)),
    end() {
      all(list.end());
      end();
    },
  };
}
