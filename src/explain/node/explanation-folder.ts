/** The folder of explanations: a page, pictures, numbers. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { fileErrorCode, writeFileAtomic } from "../../base/node/files.ts";

/** Written first: a folder that holds it is ours, and may be used again. */
const markerName = "explain.yaml";

/** What is made anew by every run. */
const made = ["overlays", "figures", "index.html", "explanations.json", "scores.md", "scores.json"];

/**
 * Makes the folder, or clears what an earlier run made there.
 * @throws UsageError when it holds anything else
 */
export async function claimFolder(out: string, configYaml: string): Promise<void> {
  const entries = await readdir(out).catch((error: unknown): string[] => {
    if (fileErrorCode(error) === "ENOENT") return [];
    throw error;
  });
  if (entries.length > 0 && !entries.includes(markerName)) {
    throw new UsageError("The folder holds something else than earlier explanations.", {
      where: out,
      expected: "a new or empty folder, or one of `explain`",
      found: entries.slice(0, 3).join(", "),
      remedy: "Choose another --out.",
    });
  }
  for (const name of made) await rm(join(out, name), { recursive: true, force: true });
  for (const name of ["overlays", "figures"]) await mkdir(join(out, name), { recursive: true });
  await writeFileAtomic(join(out, markerName), configYaml);
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, undefined, 1)}\n`);
}
