/** What an entry of the package loads. */
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { importsOf, packageOf } from "./imports.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Files and packages that are loaded with a file of the project, types left out. */
export function reachableFrom(entry: string): { readonly files: Set<string>; readonly packages: Set<string> } {
  const files = new Set([entry]);
  const packages = new Set<string>();
  for (const path of files) {
    for (const { specifier, isTypeOnly } of importsOf(readFileSync(`${root}/${path}`, "utf8"))) {
      if (isTypeOnly) continue;
      if (specifier.startsWith(".")) files.add(posix.join(posix.dirname(path), specifier));
      else packages.add(packageOf(specifier));
    }
  }
  return { files, packages };
}
