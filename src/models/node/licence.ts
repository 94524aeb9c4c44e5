/** Under which licence a model is used, as its folder says. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}

/**
 * The licence of a model folder: the `license` of its card's front matter (README.md), else the first line of its
 * LICENSE file.
 * @returns undefined when the folder does not say
 */
export async function licenceOf(dir: string): Promise<string | undefined> {
  const card = await readText(join(dir, "README.md"));
  const frontMatter = card?.match(/^---\r?\n([\s\S]*?)\r?\n---/)?.[1];
  const declared = frontMatter?.match(/^license:[ \t]*["']?([\w.-]+)/m)?.[1];
  if (declared !== undefined) return declared;
  for (const name of ["LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE"]) {
    const line = (await readText(join(dir, name)))?.split("\n").find((line) => line.trim() !== "");
    if (line !== undefined) return line.trim().slice(0, 200);
  }
  return undefined;
}
