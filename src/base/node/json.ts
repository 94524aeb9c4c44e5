/** JSON files that other programs made. */
import { readFile } from "node:fs/promises";
import { DataError } from "../errors.ts";
import { type JsonObject, parseJsonObject } from "../json.ts";
import { fileErrorCode } from "./files.ts";

/**
 * The object in a JSON file.
 * @returns undefined when there is no such file
 * @throws DataError when the file cannot be read or holds no JSON object
 */
export async function readJsonObject(path: string): Promise<JsonObject | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === "ENOENT") return undefined;
    if (code === undefined) throw error;
    throw new DataError("The file could not be read.", { where: path, found: code }, { cause: error });
  }
  const json = parseJsonObject(text);
  if (json !== undefined) return json;
  throw new DataError("The file does not hold a JSON object.", {
    where: path,
    remedy: "Get the file again; it may have been cut off.",
  });
}
