/** Bad input through the command line: each time a sentence that says what and where, and never a text or a stack. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { writeTinyDistilbert } from "../support/tiny-models.ts";

const golden = fileURLToPath(new URL("../golden/", import.meta.url));
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "evaluate-bad-"));
  vi.stubEnv("HF_HUB_CACHE", join(dir, "cache"));
});
afterAll(() => {
  vi.unstubAllEnvs();
  return rm(dir, { recursive: true });
});

interface Input {
  readonly name: string;
  readonly content: string | Uint8Array;
}

async function evaluate({ name, content }: Input, ...flags: readonly string[]) {
  const file = join(dir, name);
  await writeFile(file, content);
  const run = await captureCli(registry, ["evaluate", file, "--out", join(dir, "out.json"), ...flags]);
  expect(run.stdout + run.stderr).not.toMatch(/canary|^\s+at .*\.[jt]s:\d+/m);
  return run;
}

const good: Input = { name: "good.csv", content: "imgid,ref,hyp\na,no effusion,small effusion\n" };
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe("a file that cannot be scored", () => {
  it.each<[string, Input, RegExp]>([
    [
      "lists of unequal lengths",
      { name: "lists.json", content: '{"ref":["canary","canary"],"hyp":["canary"]}' },
      /unequal lengths[\s\S]*lists\.json[\s\S]*expected: 2 entries[\s\S]*found: 1 in hyp/,
    ],
    [
      "a row with too few cells",
      { name: "cells.csv", content: "imgid,ref,hyp\na,canary\n" },
      /not CSV as its first line promises[\s\S]*cells\.csv, line 2/,
    ],
    [
      "no column of references",
      { name: "columns.csv", content: "imgid,reference,hyp\na,canary,canary\n" },
      /lacks a column for references[\s\S]*columns\.csv[\s\S]*expected: column ref[\s\S]*found: imgid, reference, hyp/,
    ],
    [
      "no header",
      { name: "header.csv", content: "Canary one.,canary two.\ncanary,canary\n" },
      /lacks a column for references[\s\S]*header\.csv/,
    ],
    ["no row", { name: "rows.csv", content: "imgid,ref,hyp\n" }, /nothing to score[\s\S]*rows\.csv/],
    [
      "bytes that are no UTF-8",
      { name: "latin.csv", content: latin1("imgid,ref,hyp\na,canary,b\nb,coraz\xf3n canary,d\n") },
      /no UTF-8[\s\S]*latin\.csv, line 3/,
    ],
    [
      "a cell that is no text",
      { name: "number.json", content: '[{"ref":"canary","hyp":"canary"},{"ref":"canary","hyp":7}]' },
      /holds no text[\s\S]*number\.json, item 2, column hyp[\s\S]*found: a number/,
    ],
    ["JSON that is cut off", { name: "cut.json", content: '[{"ref":"canary' }, /not JSON[\s\S]*cut\.json/],
    [
      "references that are all empty",
      { name: "empty.csv", content: "imgid,ref,hyp\na,,canary\n" },
      /CIDEr is not defined[\s\S]*1 empty references/,
    ],
  ])("%s", async (_, input, sentence) => {
    const { exitCode, stderr } = await evaluate(input);
    expect(stderr).toMatch(sentence);
    expect(exitCode).toBe(3);
  });

  it("systems whose rows are not the same", async () => {
    await writeFile(join(dir, "other.csv"), "imgid,ref,hyp\nb,canary,canary\n");
    const { exitCode, stderr } = await evaluate(good, join(dir, "other.csv"), "--compare");
    expect(stderr).toMatch(/not about the same rows[\s\S]*good\.csv, line 2[\s\S]*imgid and ref in other\.csv/);
    expect(exitCode).toBe(3);
  });
});

describe("texts that are odd are scored, counted and placed", () => {
  it.each<[string, Input, RegExp]>([
    [
      "empty ones",
      { name: "blank.csv", content: "imgid,ref,hyp\na,canary,canary\nb,canary,\nc,,canary\n" },
      /1 empty hypotheses, first in blank\.csv, line 3[\s\S]*1 empty references, first in blank\.csv, line 4/,
    ],
    [
      "ids that come again",
      { name: "twice.csv", content: "imgid,ref,hyp\na,canary,b\nb,canary,c\na,canary,d\n" },
      /1 rows repeat the id and the reference of another[\s\S]*twice\.csv, line 2 and twice\.csv, line 4/,
    ],
    [
      "a million characters",
      { name: "long.csv", content: `imgid,ref,hyp\na,small effusion,${"canary ".repeat(150_000)}\n` },
      /1 texts of more than 100000 characters, first in long\.csv, line 2/,
    ],
  ])("%s", async (_, input, remark) => {
    const { exitCode, stderr } = await evaluate(input, "--also", "label-F1");
    expect(stderr).toMatch(remark);
    expect(exitCode).toBe(0);
    const { scores } = JSON.parse(await readFile(join(dir, "out.json"), "utf8"));
    expect(Number.isFinite(scores["BLEU-4"])).toBe(true);
  });
});

describe("a model that is another one or damaged", () => {
  const chexbert = join(golden, "chexbert");
  const archive = join(golden, "radgraph", "radgraph-xl.tar.gz");

  const [damaged, another] = [3, 4];

  async function expectRefusal(code: number, sentence: RegExp, ...flags: readonly string[]) {
    const { exitCode, stderr } = await evaluate(good, ...flags);
    expect(stderr).toMatch(sentence);
    expect(exitCode).toBe(code);
  }

  it("an encoder whose baseline is not BERTScore's", async () => {
    const folder = await writeTinyDistilbert(join(dir, "distilbert"));
    await expectRefusal(
      another,
      /another encoder[\s\S]*distilbert[\s\S]*expected: distilbert-base-uncased: .*width 768[\s\S]*found: .*width 32/,
      ...["--bertscore-model", folder],
    );
  });

  it("an encoder where CheXbert should be, and CheXbert cut off", async () => {
    await expectRefusal(
      another,
      /another model than CheXbert[\s\S]*none of a head/,
      "--chexbert-model",
      join(dir, "distilbert"),
    );
    const cut = join(dir, "chexbert-cut");
    await cp(chexbert, cut, { recursive: true });
    await writeFile(join(cut, "chexbert.pth"), (await readFile(join(chexbert, "chexbert.pth"))).subarray(0, 40_000));
    await expectRefusal(damaged, /where: .*chexbert\.pth/, "--chexbert-model", cut);
  });

  it("an archive that is cut off, as gzip or as tar", async () => {
    const bytes = await readFile(archive);
    const tar = gunzipSync(bytes);
    for (const [i, content] of [bytes.subarray(0, 30_000), gzipSync(tar.subarray(0, tar.length >> 1))].entries()) {
      const path = join(dir, `cut-${i}.tar.gz`);
      await writeFile(path, content);
      await expectRefusal(damaged, /damaged or cut off[\s\S]*cut-\d\.tar\.gz/, "--radgraph-model", path);
    }
  });

  it("a folder that is not there", async () => {
    const absent = join(dir, "absent");
    for (const flag of ["--bertscore-model", "--chexbert-model", "--radgraph-model"]) {
      await expectRefusal(another, /where: .*absent/, flag, absent);
    }
  });
});
