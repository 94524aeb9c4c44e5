import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPairs } from "./index.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-pairs-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function read(name: string, content: string) {
  const path = join(dir, name);
  await writeFile(path, content);
  return readPairs(path);
}

describe("readPairs", () => {
  it("reads CSV by the names of the columns, whatever else it holds", async () => {
    const csv = '\uFEFFimgid,ref,hyp,score\na.png,"One, ""two"".\nThree",four,1\nb.png,,five,2\n';
    expect(await read("a.csv", csv)).toEqual([
      { hypothesis: "four", references: ['One, "two".\nThree'] },
      { hypothesis: "five", references: [""] },
    ]);
  });

  it("reads JSON with one reference or several", async () => {
    expect(await read("a.json", '[{"ref":"x","hyp":"y"},{"ref":["x","z"],"hyp":""}]')).toEqual([
      { hypothesis: "y", references: ["x"] },
      { hypothesis: "", references: ["x", "z"] },
    ]);
  });

  it.each([
    ["no.csv", "imgid,reference,hyp\na,b,c\n", /lacks a column[\s\S]*reference/],
    ["cut.csv", 'imgid,ref,hyp\na,"b,c\n', /cut\.csv, line/],
    ["cells.csv", "imgid,ref,hyp\na,b\n", /cells\.csv, line 2/],
    ["cut.json", '[{"ref":"secret', /not JSON/],
    ["item.json", '[{"ref":"x","hyp":"y"},{"ref":1,"hyp":"y"}]', /item\.json, item 2/],
  ])("refuses %s, without repeating its texts", async (name, content, message) => {
    await expect(read(name, content)).rejects.toThrow(message);
    await expect(read(name, content)).rejects.not.toThrow(/secret/);
  });

  it("names a file that is not there", async () => {
    await expect(readPairs(join(dir, "none.csv"))).rejects.toThrow(/cannot be read[\s\S]*ENOENT/);
  });
});
