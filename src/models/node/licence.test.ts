import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { licenceOf } from "./licence.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "licence-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it.each<[string, Record<string, string>, string | undefined]>([
  [
    "the card's front matter",
    { "README.md": "---\nlanguage: en\nlicense: mit\n---\n# GPT-2\n", LICENSE: "Other" },
    "mit",
  ],
  [
    "the first line of LICENSE",
    { "README.md": "# No front matter\nlicense: mit\n", LICENSE: "\n  MIT License\n\nText" },
    "MIT License",
  ],
  ["nothing", {}, undefined],
])("comes from %s", async (_, files, licence) => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  expect(await licenceOf(dir)).toBe(licence);
});
