import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pairsOf } from "../rows.ts";
import { readRows } from "./index.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-rows-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function read(name: string, content: string | Uint8Array) {
  const path = join(dir, name);
  await writeFile(path, content);
  return readRows(path);
}

const pairs = async (name: string, content: string | Uint8Array) => pairsOf(await read(name, content));

describe("readRows", () => {
  it("reads CSV by the names of the columns, whatever else it holds, and knows the lines", async () => {
    const csv = '\uFEFFimgid,ref,hyp,score\na.png,"One, ""two"".\nThree",four,1\nb.png,,five,2\n';
    const rows = await read("a.csv", csv);
    expect(pairsOf(rows)).toEqual([
      { hypothesis: "four", references: ['One, "two".\nThree'] },
      { hypothesis: "five", references: [""] },
    ]);
    expect(rows.columns.get("score")).toEqual(["1", "2"]);
    expect(rows.place(1)).toBe("a.csv, line 4");
  });

  it("reads JSON records with one reference or several, and JSON of equal lists", async () => {
    expect(await pairs("a.json", '[{"ref":"x","hyp":"y"},{"ref":["x","z"],"hyp":""}]')).toEqual([
      { hypothesis: "y", references: ["x"] },
      { hypothesis: "", references: ["x", "z"] },
    ]);
    expect(await pairs("lists.json", '{"ref":["x","z"],"hyp":["y",""],"name":"run 1"}')).toEqual([
      { hypothesis: "y", references: ["x"] },
      { hypothesis: "", references: ["z"] },
    ]);
  });

  it("takes other names for the columns", async () => {
    const rows = await read("names.csv", "gold,out\na,b\n");
    expect(pairsOf(rows, { ref: "gold", hyp: "out" })).toEqual([{ hypothesis: "b", references: ["a"] }]);
  });

  it.each([
    ["no.csv", "imgid,reference,hyp\na,b,c\n", /lacks a column for references[\s\S]*imgid, reference, hyp/],
    ["none.csv", "", /lacks a column/],
    ["cut.csv", 'imgid,ref,hyp\na,"secret,c\n', /cut\.csv, line/],
    ["cells.csv", "imgid,ref,hyp\na,secret\n", /cells\.csv, line 2/],
    ["twice.csv", "ref,hyp,ref\na,secret,c\n", /Two columns have one name[\s\S]*ref/],
    ["cut.json", '[{"ref":"secret', /not JSON/],
    ["item.json", '[{"ref":"x","hyp":"secret"},{"ref":1,"hyp":"y"}]', /item\.json, item 2, column ref[\s\S]*a number/],
    ["lacks.json", '[{"ref":"x","hyp":"secret"},{"ref":"x"}]', /item 2, column hyp[\s\S]*nothing/],
    ["empty.json", '[{"ref":[],"hyp":"secret"}]', /no reference[\s\S]*empty list/],
    ["record.json", '["secret"]', /item 1/],
    ["text.json", '"secret"', /does not hold texts[\s\S]*one string/],
    ["lists.json", '{"ref":["a","b","c"],"hyp":["secret"]}', /unequal lengths[\s\S]*3 entries[\s\S]*1 in hyp/],
  ])("refuses %s, without repeating its texts", async (name, content, message) => {
    await expect(pairs(name, content)).rejects.toThrow(message);
    await expect(pairs(name, content)).rejects.not.toThrow(/secret/);
  });

  it("names the line that is no UTF-8", async () => {
    const latin1 = Uint8Array.from("ref,hyp\na,b\ncoraz\xf3n,d\ne,f\n", (letter) => letter.charCodeAt(0));
    await expect(pairs("latin.csv", latin1)).rejects.toThrow(/no UTF-8[\s\S]*latin\.csv, line 3/);
  });

  it("names a file that is not there", async () => {
    await expect(readRows(join(dir, "absent.csv"))).rejects.toThrow(/cannot be read[\s\S]*ENOENT/);
  });
});
