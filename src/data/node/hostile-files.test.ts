import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { zipFile } from "../../../tests/support/zip-file.ts";
import { DataError } from "../../base/errors.ts";
import { Random } from "../../base/random.ts";
import { decodeFilm } from "../../images/node/index.ts";
import { readAuthorsCsv } from "../authors-csv/authors-csv.ts";
import { readReports } from "../padchest-gr/reports.ts";
import { readMasterTable } from "../padchest-gr/split-and-patient.ts";
import type { Problem } from "../problems.ts";
import { openDataset } from "./open-dataset.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostile-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const finding = { sentence_en: 'A "CANARY".', sentence_es: "ñ", abnormal: true, boxes: [[0.1, 0.2, 0.3, 0.4]] };
const records = [1, 2, 3].map((i) => ({
  StudyID: `${i}`,
  ImageID: `${i}.png`,
  findings: [finding, { abnormal: false }],
}));

/** A text with a few characters exchanged, doubled, cut or put in. */
function changed(text: string, random: Random): string {
  let result = text;
  for (let k = random.integer(3); k >= 0; k--) {
    const at = random.integer(result.length + 1);
    const odd = [
      "",
      '"',
      "'",
      "{",
      "]",
      ",",
      "\n",
      "\r",
      "\\",
      "\u0000",
      "\uFEFF",
      "1e999",
      "null",
      "NaN",
      "\uD800",
      "é",
    ];
    result = result.slice(0, at) + random.choose(odd) + result.slice(at + random.integer(5));
  }
  return result;
}

describe("texts with characters changed at random are studies, problems or errors that repeat nothing", () => {
  it.each<[string, string, (text: string, problems: Problem[]) => unknown]>([
    ["reports", JSON.stringify(records, null, 1), (text, problems) => readReports(text, "file", problems)],
    [
      "master table",
      'StudyID,ImageID,split,PatientID,sentence_en\n1,1.png,train,7,CANARY\n2,2.png,val,8,"CANARY, x"\n',
      (text, problems) => readMasterTable(text, "file", problems),
    ],
    [
      "authors' CSV",
      "StudyID,ImageID,report_en,boxes,split\n1,1.png,CANARY,\"[[0, 'CANARY', [[0.1,0.2,0.3,0.4]]]]\",train\n",
      (text, problems) => readAuthorsCsv(text, "file", problems),
    ],
  ])("%s", (_, text, read) => {
    const random = new Random(5);
    let [errors, noted] = [0, 0];
    for (let i = 0; i < 300; i++) {
      const problems: Problem[] = [];
      try {
        read(changed(text, random), problems);
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        expect((error as DataError).message).not.toContain("CANARY");
        errors++;
      }
      noted += problems.length;
      expect(JSON.stringify(problems)).not.toContain("CANARY");
    }
    expect(errors).toBeGreaterThan(0);
    expect(noted).toBeGreaterThan(0);
  });
});

describe("PNG files", () => {
  const golden = (name: string) =>
    readFile(fileURLToPath(new URL(`../../../tests/golden/images/${name}`, import.meta.url)));

  it("are films or errors, with bytes changed at random", async () => {
    const random = new Random(6);
    const files = await Promise.all(["grey8.png", "grey16.png"].map(golden));
    const outcomes = { film: 0, error: 0 };
    for (let i = 0; i < 80; i++) {
      const bytes = Buffer.from(random.choose(files));
      for (let k = random.integer(4); k >= 0; k--) bytes[random.integer(bytes.length)] = random.integer(256);
      const film = await decodeFilm(bytes, "fuzzed").catch((error: unknown) => error);
      if (film instanceof DataError) outcomes.error++;
      else {
        expect(film).toHaveProperty("pixels");
        outcomes.film++;
      }
    }
    expect(outcomes.error).toBeGreaterThan(30);
  });

  it("are errors when chunks lie about their length or number, with checksums that fit", async () => {
    const whole = await golden("grey8.png");
    const chunk = (type: string, data: Buffer, length = data.length) => {
      const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
      const [head, tail] = [Buffer.alloc(4), Buffer.alloc(4)];
      head.writeUInt32BE(length);
      tail.writeUInt32BE(crc32(body));
      return Buffer.concat([head, body, tail]);
    };
    const [signature, ihdr, rest] = [whole.subarray(0, 8), whole.subarray(8, 33), whole.subarray(33)];
    const bomb = deflateRawSync(Buffer.alloc(1000));
    for (const lie of [
      Buffer.concat([signature, ihdr, chunk("IDAT", bomb, 0x7fffffff)]),
      Buffer.concat([signature, ihdr, chunk("IDAT", bomb, 1), rest]),
      Buffer.concat([signature, ihdr, chunk("IDAT", bomb), chunk("IEND", Buffer.alloc(0))]),
      Buffer.concat([signature, ihdr]),
      Buffer.concat([signature, rest]),
    ]) {
      await expect(decodeFilm(lie, "lying.png")).rejects.toBeInstanceOf(DataError);
    }
  });
});

describe("data sets of strangers", () => {
  const encodings: readonly [string, Buffer][] = [
    ["UTF-16", Buffer.from(`\uFEFF${JSON.stringify(records)}`, "utf16le")],
    ["Latin-1", Buffer.from(JSON.stringify(records), "latin1")],
    ["UTF-8 with a torn last character", Buffer.from(JSON.stringify(records)).subarray(0, -3)],
  ];

  it.each(encodings)("in %s are refused with the file's name", async (name, bytes) => {
    const root = join(folder, name.replaceAll(" ", "-"));
    await mkdir(root);
    await writeFile(join(root, "grounded_reports_x.json"), bytes);
    const error = await openDataset(root).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).parts.where).toContain("grounded_reports_x.json");
  });

  it("with one line of 20 MB are read", async () => {
    const root = await mkdtemp(join(folder, "long-"));
    const sentence = "x".repeat(10_000_000);
    const long = [{ StudyID: "1", ImageID: "1.png", findings: [{ sentence_en: sentence, sentence_es: sentence }] }];
    await writeFile(join(root, "grounded_reports_x.json"), JSON.stringify(long));
    const { studies } = await openDataset(root);
    expect(studies[0]!.findings[0]!.sentence.en).toHaveLength(10_000_000);
  });

  it("whose master table is a zip bomb or climbs out of its folder are refused, and nothing is written", async () => {
    const root = await mkdtemp(join(folder, "bomb-"));
    await writeFile(join(root, "grounded_reports_x.json"), JSON.stringify(records));
    const before = await readdir(folder);
    const bytes = Buffer.alloc(1_000_000);
    for (const member of [
      { name: "master_table.csv", bytes, isDeflated: true, claimedSize: 2 ** 31 },
      { name: "master_table.csv", bytes, isDeflated: true, claimedSize: 10 },
      { name: "../master_table.csv", bytes, isDeflated: true },
    ]) {
      await writeFile(join(root, "master_table.csv.zip"), zipFile([member]));
      await expect(openDataset(root)).rejects.toBeInstanceOf(DataError);
    }
    expect(await readdir(folder)).toEqual(before);
  });
});
