/** Options of every command that trains into a run folder, and how the folder is opened. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { Run } from "../../train/node/index.ts";
import type { Resolved } from "../framework/index.ts";
import { resolvedYaml } from "../framework/resolved-yaml.ts";

export const savingOptions = {
  saveEvery: z.number().int().positive().default(50).describe("Steps between two savings of the state"),
  resume: z
    .boolean()
    .default(false)
    .describe("Continue the run in --out where it stopped; begin it where there is none"),
};

/** Options that may differ when a run is continued: places of files whose content is checked, and what changes no number. */
const free = new Set(["decoderModel", "features", "images", "out", "resume", "saveEvery", "strict", "threads"]);

/** The options that a run was begun with. */
async function optionsOf(run: Run, section: string): Promise<Readonly<Record<string, unknown>>> {
  const file: unknown = parse(await readFile(run.configPath, "utf8"));
  const options = typeof file === "object" && file !== null ? (file as Record<string, unknown>)[section] : undefined;
  return typeof options === "object" && options !== null ? (options as Record<string, unknown>) : {};
}

/**
 * A new run folder, or under `--resume` the one that is there.
 * @throws UsageError when the folder holds something else, or a run with other options
 */
export async function openOrCreateRun(
  { out, resume }: { readonly out: string; readonly resume: boolean },
  resolved: Resolved,
): Promise<Run> {
  if (!resume || !existsSync(new Run(out).configPath)) return Run.create(out, resolvedYaml(resolved));
  const run = await Run.open(out);
  const before = await optionsOf(run, resolved.section);
  const now = resolved.options;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((key) => !free.has(key));
  const changed = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]));
  if (changed.length === 0) return run;
  const list = (options: Readonly<Record<string, unknown>>) =>
    changed.map((key) => `${key}: ${JSON.stringify(options[key]) ?? "absent"}`).join(", ");
  throw new UsageError("The run was begun with other options.", {
    where: run.configPath,
    expected: list(before),
    found: list(now),
    remedy: `Add --config ${run.configPath} to give it the same options, or begin a new run.`,
  });
}
