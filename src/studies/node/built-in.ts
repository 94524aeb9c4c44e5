/** The study files that come with the package. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import { LocatedYaml, parseLocated } from "../file/read-study.ts";
import { type SomeSettings, someSettingsSchema } from "../file/settings.ts";
import type { SyntheticFilms } from "./study-data.ts";

/** `configs/studies/` of the package, from the sources and from their compiled form alike. */
function packagedPath(name: string): string {
  return fileURLToPath(new URL(`../../../configs/studies/${name}.yaml`, import.meta.url));
}

export interface StudyText {
  readonly text: string;
  /** What messages call it. */
  readonly file: string;
}

export async function builtInStudyText(name: string): Promise<StudyText> {
  return { text: await readFile(packagedPath(name), "utf8"), file: `${name}.yaml` };
}

/** @throws UsageError when the file cannot be read */
export async function readStudyText(path: string): Promise<StudyText> {
  try {
    return { text: await readFile(path, "utf8"), file: basename(path) };
  } catch (error) {
    const found = fileErrorCode(error);
    if (found === undefined) throw error;
    throw new UsageError("The study file cannot be read.", { where: path, found }, { cause: error });
  }
}

const count = z.number().int().positive();

const quickSchema = z.strictObject({
  base: someSettingsSchema,
  films: z.strictObject({ studies: count, size: count, seed: z.number().int() }),
});

/** What `--quick` sets for every study. */
export async function quickSettings(): Promise<{ readonly base: SomeSettings; readonly films: SyntheticFilms }> {
  const file = "quick.yaml";
  return parseLocated(quickSchema, new LocatedYaml(await readFile(packagedPath("quick"), "utf8"), file));
}
