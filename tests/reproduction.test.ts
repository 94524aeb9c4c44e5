/** docs/reproduction.md names a proof for every rule, and each is a file of the test bed. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const [rules] = readFileSync(join(root, "docs/reproduction.md"), "utf8").split("## Measured deviations");

/** Where a name of the document may lie; without a folder it is a golden test. */
function placesOf(name: string): string[] {
  if (name.startsWith("src/") || name.startsWith("oracle/")) return [name];
  return [`tests/golden/${name}`, `tests/${name}`];
}

/** Rows of the tables, without their heads, cut into cells. */
const rows = rules!
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (rule|thing) \|/.test(line))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| |\s*\|$/g, "")));

it.each(rows.map((cells) => [cells[0]!, cells.at(-1)!] as const))("%s", (_, proof) => {
  const names = [...proof.matchAll(/`([^`]+\.(?:test\.ts|py))`/g)].map(([, name]) => name!);
  expect(names.filter((name) => name.endsWith(".test.ts"))).not.toEqual([]);
  for (const name of names) {
    const found = placesOf(name).some((place) => existsSync(join(root, place)));
    expect(found, `no such file: ${name}`).toBe(true);
  }
});

it("has many rules", () => expect(rows.length).toBeGreaterThan(50));
