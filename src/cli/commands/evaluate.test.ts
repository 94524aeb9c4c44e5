import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureCli } from "../../../tests/support/capture-cli.ts";
import { registry } from "./index.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-evaluate-"));
  const rows = ["i1,s1,No pleural effusion.,true", "i1,s1,Small left nodule.,false", "i2,s2,Cardiomegaly.,true"];
  const file = (hyps: readonly string[]) =>
    ["imgid,studyid,ref,abnormal,hyp", ...rows.map((row, i) => `${row},${hyps[i]}`)].join("\n");
  await writeFile(join(dir, "a.csv"), file(["No effusion.", "No pleural effusion.", "Heart."]));
  await writeFile(join(dir, "b.csv"), file(["No pleural effusion.", "Small left nodule.", "Cardiomegaly."]));
  const [header, ...lines] = file(["No pleural effusion.", "Small left nodule.", "Cardiomegaly."]).split("\n");
  await writeFile(join(dir, "b-reordered.csv"), [header, lines[2], lines[0], lines[1]].join("\n"));
  await writeFile(join(dir, "secret.csv"), "imgid,ref,hyp\ni1,canary sentence,x\ni2,other,y\n");
});
afterAll(() => rm(dir, { recursive: true }));

const evaluate = (...argv: readonly string[]) =>
  captureCli(registry, ["evaluate", ...argv.map((part) => part.replace("@", `${dir}/`))]);
const json = async (name: string) => JSON.parse(await readFile(join(dir, name), "utf8"));

describe("evaluate", () => {
  it("prints the table, writes scores.json, and says what was not computed", async () => {
    const { exitCode, stdout } = await evaluate("@a.csv");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^profile authors, 3 texts, percent\nBLEU-1 .* F1RadGraph\n/);
    expect(stdout).toMatch(/F1CheXbert: not computed: weights of chexbert\.pth missing, get them with/);
    const document = await json("scores.json");
    expect(document).toMatchObject({ file: "a.csv", profile: "authors", items: 3, references: "own" });
    expect(document.scores.F1CheXbert).toBeNull();
    expect(document.scores["ROUGE-L"]).toBeGreaterThan(0.2);
  });

  it.each(["coco", "radeval"])("knows profile %s", async (profile) => {
    const { exitCode, stdout } = await evaluate("@b.csv", "--profile", profile);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`profile ${profile}, 3 texts`);
  });

  it("scores strata, intervals by study, further metrics and single texts", async () => {
    const { exitCode, stdout } = await evaluate(
      ...["@a.csv", "--strata", "abnormal", "--strata", "length", "--also", "label-F1", "--also", "laterality"],
      ...["--intervals", "--by-study", "--resamples", "50", "--items", "@items.csv", "--out", "@own.json"],
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^abnormal: negative +1 /m);
    expect(stdout).toMatch(/^length: 0 to 3 words +3 /m);
    expect(stdout).toMatch(/95\.00% intervals, percentile, 50 resamples of studies, seed 0/);
    const { strata, intervals } = await json("own.json");
    expect(strata.map(({ name }: { readonly name: string }) => name)).toContain("abnormal: positive");
    expect(intervals.rows).toHaveLength(6 + 3 + 2);
    const lines = (await readFile(join(dir, "items.csv"), "utf8")).trim().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^imgid,BLEU-1,.*,opposite side \(rules\)$/);
    expect(lines[1]).toMatch(/,,$/); // no side in the first reference
  });

  it("scores against all references of the study", async () => {
    await evaluate("@a.csv", "--references", "study", "--out", "@study.json");
    await evaluate("@a.csv", "--out", "@own.json");
    const [study, own] = [await json("study.json"), await json("own.json")];
    expect(study.references).toBe("study");
    expect(study.scores["BLEU-1"]).toBeGreaterThan(0);
    expect(study.scores["BLEU-1"]).not.toBe(own.scores["BLEU-1"]);
  });

  it("asks of which finding a text is, by side, place and length, whatever references it is scored against", async () => {
    const places = ["--strata", "length", "--also", "laterality", "--also", "location"];
    await writeFile(
      join(dir, "sides.csv"),
      "imgid,studyid,ref,hyp\ni,s,Effusion in the right base of the lung.,Right base.\ni,s,Left rib.,Left rib.\n",
    );
    for (const references of ["own", "study"]) {
      const { exitCode } = await evaluate("@sides.csv", ...places, "--references", references, "--out", "@sides.json");
      expect(exitCode).toBe(0);
      const { scores, strata } = await json("sides.json");
      expect(scores).toMatchObject({ "laterality (rules)": 1, "opposite side (rules)": 0, "location-F1 (rules)": 1 });
      expect(strata.map(({ name }: { readonly name: string }) => name)).toEqual([
        ...["length: 0 to 3 words", "length: 7 to 10 words"],
      ]);
    }
  });

  it("writes strata and intervals into one file of tables, and says what a profile has no use for", async () => {
    const both = ["--strata", "abnormal", "--intervals", "--resamples", "9", "--profile", "coco"];
    const { stderr } = await evaluate("@a.csv", ...both, "--table", "@both.md", "--chexbert-model", "@nowhere");
    expect(stderr).toContain("profile coco has no F1CheXbert: --chexbert-model is not used");
    expect(await readFile(join(dir, "both.md"), "utf8")).toMatch(/^\| abnormal: positive [\s\S]*^\| BLEU-1 \|/m);
  });

  it("compares files of one name in two folders", async () => {
    await mkdir(join(dir, "other"));
    await copyFile(join(dir, "b.csv"), join(dir, "other", "a.csv"));
    const before = process.cwd();
    process.chdir(dir);
    try {
      const { stdout } = await evaluate("other/a.csv", "a.csv", "--compare", "--resamples", "9", "--trials", "9");
      expect(stdout).toMatch(/A: other\/a\.csv, B: a\.csv\n.*\nBLEU-1 /);
    } finally {
      process.chdir(before);
    }
  });

  it("compares systems row by row, whatever their order, in every format", async () => {
    const tables = ["md", "csv", "json", "tex", "txt"].flatMap((ending) => ["--table", `@table.${ending}`]);
    const options = ["--compare", "--resamples", "99", "--trials", "200", ...tables];
    const { exitCode, stdout } = await evaluate("@a.csv", "@b-reordered.csv", ...options);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/A: a\.csv, B: b-reordered\.csv/);
    const { rows, baseline } = await json("comparison.json");
    expect(baseline).toBe("a.csv");
    const rouge = rows.find(({ column }: { readonly column: string }) => column === "ROUGE-L");
    expect(rouge.second.value).toBe(1);
    expect(rouge.difference.value).toBeGreaterThan(0);
    expect(rouge.pHolm).toBeGreaterThanOrEqual(rouge.p);
    expect(rouge.effect.superiority).toBe(1);
    const table = (ending: string) => readFile(join(dir, `table.${ending}`), "utf8");
    expect(await table("md")).toMatch(/^\| ROUGE-L \| /m);
    expect(await table("tex")).toMatch(/\\toprule[\s\S]*ROUGE-L & /);
    expect(await table("csv")).toMatch(/^ROUGE-L,/m);
    expect(await table("txt")).toContain("B - A");
    expect(await json("table.json")).toEqual(await json("comparison.json"));
    const again = await evaluate("@a.csv", "@b.csv", ...options);
    expect(again.stdout.replace("B: b.csv", "B: b-reordered.csv")).toBe(stdout);
  });

  it.each([
    [["@a.csv", "@b.csv"], 2, /nothing says what to do/],
    [["@a.csv", "--compare"], 2, /nothing to compare/],
    [["@a.csv", "@a.csv", "--compare"], 2, /compared with itself/],
    [["@a.csv", "@b.csv", "--compare", "--items", "@x.csv"], 2, /where: --items/],
    [["@a.csv", "@b.csv", "--compare", "--strata", "length"], 2, /where: --strata/],
    [["@a.csv", "--strata", "length", "--intervals", "--table", "@x.csv"], 2, /CSV file holds one table/],
    [["@a.csv", "--device", "webgpu"], 2, /--device/],
    [["@a.csv", "--table", "@x.docx"], 2, /names no format[\s\S]*docx/],
    [["@a.csv", "--hyp-column", "text"], 3, /lacks a column for hypotheses[\s\S]*column text/],
    [["@a.csv", "--also", "grounding"], 3, /lacks a column for predicted boxes/],
    [["@a.csv", "@secret.csv", "--compare"], 3, /different numbers of rows[\s\S]*3 rows[\s\S]*2/],
    [["@absent.csv"], 3, /cannot be read/],
  ])("refuses %j", async (argv, code, message) => {
    const { exitCode, stderr } = await evaluate(...argv);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/canary/);
    expect(exitCode).toBe(code);
  });
});
