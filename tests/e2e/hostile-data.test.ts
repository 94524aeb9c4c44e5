/** Files from strangers through the command line: each is read or refused by name, nothing crashes, nothing is written elsewhere. */
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { encodePng16 } from "../../src/images/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { dicomFile } from "../support/dicom-file.ts";
import { zipFile } from "../support/zip-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostile-cli-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const record = (id: string) => ({
  StudyID: id,
  ImageID: `${id}.png`,
  findings: [{ sentence_en: "CANARY ñ.", abnormal: true, boxes: [[0.1, 0.1, 0.5, 0.5]] }],
});

async function makeSet(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const root = await mkdtemp(join(folder, "set-"));
  const all = {
    "grounded_reports_x.json": JSON.stringify([record("1")]),
    "master_table.csv": "StudyID,split,PatientID\n1,train,7\n",
    ...files,
  };
  for (const [name, content] of Object.entries(all)) await writeFile(join(root, name), content);
  return root;
}

/** Runs the command; whatever comes, it is an answer to a person, and repeats no sentence. */
async function run(...argv: string[]) {
  const result = await captureCli(registry, argv);
  expect([0, 3]).toContain(result.exitCode);
  expect(result.stderr).not.toContain("bug");
  expect(result.stdout + result.stderr).not.toContain("CANARY");
  return result;
}

/** The problems that `data check` finds, after a look that nothing was written beside the set. */
async function check(root: string): Promise<readonly { readonly code: string; readonly what: string }[]> {
  const before = await readdir(folder, { recursive: true });
  const { stdout } = await run("data", "check", root, "--json");
  expect(await readdir(folder, { recursive: true })).toEqual(before);
  return JSON.parse(stdout).problems;
}

function chunk(type: string, data: Uint8Array, length = data.length): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [head, tail] = [Buffer.alloc(4), Buffer.alloc(4)];
  head.writeUInt32BE(length);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}

/** A PNG of 8-bit grey that promises a size. */
function png(width: number, height: number, pixels: Uint8Array, length?: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(pixels);
  return Buffer.concat([
    ...[signature, chunk("IHDR", header), chunk("IDAT", data, length ?? data.length), chunk("IEND", Buffer.alloc(0))],
  ]);
}

describe("films", () => {
  const dicom = dicomFile({
    ...{ rows: 4, columns: 4, bits: [16, 12, 11], photometric: "MONOCHROME2", syntax: "1.2.840.10008.1.2.1" },
    pixels: Buffer.alloc(32),
  });
  const films: readonly (readonly [string, string, Buffer])[] = [
    ["a PNG of 60,000 × 60,000 pixels", "1.png", png(60_000, 60_000, Buffer.alloc(100))],
    ["a PNG of 2,000,000,000 columns", "1.png", png(2_000_000_000, 1, Buffer.alloc(100))],
    ["a PNG whose pixels are longer than it says", "1.png", png(2, 2, Buffer.alloc(6), 0x7fff_ffff)],
    ["a PNG whose pixels are shorter than it says", "1.png", png(20, 20, Buffer.alloc(6))],
    ["a DICOM file that ends within its pixels", "1.dcm", dicom.subarray(0, -10)],
    ["a DICOM file with lengths beyond its end", "1.dcm", Buffer.from(dicom).fill(0xee, 220, 250)],
    ["a DICOM file of absurd size", "1.dcm", dicomFile({ rows: 65_535, columns: 65_535 })],
  ];

  it.each(films)("%s is a broken image", async (_, name, bytes) => {
    const problems = await check(await makeSet({ [name]: bytes }));
    expect(problems.map(({ code }) => code)).toEqual(["broken-image"]);
  });
});

describe("archives", () => {
  it("with a member that unpacks to more than it says, or lies elsewhere, are broken images", async () => {
    const bytes = Buffer.alloc(50_000_000);
    for (const member of [
      { name: "1.png", bytes, isDeflated: true, claimedSize: 100 },
      { name: "1.png", bytes, isDeflated: true, claimedSize: 2 ** 31 },
    ]) {
      const problems = await check(await makeSet({ "films.zip": zipFile([member]) }));
      expect(problems.map(({ code }) => code)).toEqual(["broken-image"]);
    }
  });

  it("whose members climb out of their folder are not read, and nothing is written there", async () => {
    const film = await encodePng16({ width: 8, height: 8 }, new Uint16Array(64));
    for (const name of ["../../1.png", "/tmp/hostile/1.png", "..\\..\\1.png"]) {
      const problems = await check(await makeSet({ "films.zip": zipFile([{ name, bytes: film }]) }));
      expect(problems.map(({ code }) => code)).toContain("archive-broken");
    }
  });

  it("with a master table that is a bomb, or climbs out of its folder, are refused", async () => {
    const bytes = Buffer.alloc(1_000_000);
    for (const member of [
      { name: "master_table.csv", bytes, isDeflated: true, claimedSize: 2 ** 31 },
      { name: "master_table.csv", bytes, isDeflated: true, claimedSize: 10 },
      { name: "../master_table.csv", bytes, isDeflated: true },
    ]) {
      const root = await makeSet({ "master_table.csv.zip": zipFile([member]) });
      await rm(join(root, "master_table.csv"));
      const { exitCode, stderr } = await run("data", "check", root);
      expect([exitCode, stderr]).toEqual([3, expect.stringContaining("master_table.csv.zip")]);
    }
  });
});

describe("texts", () => {
  const reports = JSON.stringify([record("1")]);
  const encodings: readonly (readonly [string, string, Buffer])[] = [
    ["UTF-16 reports", "grounded_reports_x.json", Buffer.from(`\uFEFF${reports}`, "utf16le")],
    ["Latin-1 reports", "grounded_reports_x.json", Buffer.from(reports, "latin1")],
    [
      "reports that are UTF-8 in one record and Latin-1 in the next",
      "grounded_reports_x.json",
      Buffer.concat([Buffer.from(`${reports.slice(0, -1)},`), Buffer.from(reports.slice(1), "latin1")]),
    ],
    [
      "a master table that is Latin-1 in its last row",
      "master_table.csv",
      Buffer.concat([Buffer.from("StudyID,split,PatientID\n1,train,é\n"), Buffer.from("2,test,é\n", "latin1")]),
    ],
  ];

  it.each(encodings)("%s are refused by name", async (_, name, bytes) => {
    const { exitCode, stderr } = await run("data", "check", await makeSet({ [name]: bytes }));
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(name)]);
    expect(stderr).toContain("UTF-8");
  });

  it("with byte-order marks and both line ends are read", async () => {
    const root = await makeSet({
      "grounded_reports_x.json": `\uFEFF${reports}`,
      "master_table.csv": "\uFEFFStudyID,split,PatientID\r\n1,train,7\n",
    });
    expect((await check(root)).map(({ code }) => code)).toEqual(["missing-image"]);
  });

  it("of one line of 200 MB are read, and refused by the place where they are cut", { timeout: 180_000 }, async () => {
    const root = await makeSet({});
    const file = await open(join(root, "grounded_reports_x.json"), "w");
    const part = Buffer.alloc(10_000_000, "x");
    await file.write('[{"StudyID":"1","ImageID":"1.png","findings":[{"sentence_en":"');
    for (let i = 0; i < 10; i++) await file.write(part);
    await file.write('","sentence_es":"');
    for (let i = 0; i < 10; i++) await file.write(part);
    const cut = await run("data", "check", root);
    expect(cut.stderr).toContain("the file ends in the middle of a record");
    expect(cut.stderr.length).toBeLessThan(1000);
    await file.write('"}]}]');
    await file.close();
    expect((await check(root)).map(({ code }) => code)).toEqual(["missing-image"]);
  });
});

describe("lists, rows and boxes without end", () => {
  /** Writes a file of a part that is repeated. */
  async function writeLong(path: string, before: string, part: string, times: number, after = ""): Promise<void> {
    const file = await open(path, "w");
    await file.write(before);
    for (let i = 0; i < times; i++) await file.write(part);
    await file.write(after);
    await file.close();
  }

  it("of a table whose quote never ends are refused before they fill the memory", { timeout: 180_000 }, async () => {
    const root = await makeSet({});
    await writeLong(
      join(root, "master_table.csv"),
      'StudyID,split,PatientID\n1,"train,7\n',
      "2,test,8\n".repeat(1e6),
      32,
    );
    const { exitCode, stderr } = await run("data", "check", root);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("master_table.csv, line 2")]);
    expect(stderr).toContain("a quote is missing");
  });

  it("of a COCO file beside its own lists are refused by name", { timeout: 180_000 }, async () => {
    const root = await mkdtemp(join(folder, "coco-"));
    const coco = '{"images":[],"categories":[],"annotations":[],"junk":[1';
    await writeLong(join(root, "a.json"), coco, ",1".repeat(1e6), 35, "]}");
    const { exitCode, stderr } = await run("data", "convert", root, join(folder, "out-coco"), "--to", "yolo");
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("a.json")]);
    expect(stderr).toContain("bytes outside");
  });

  it("of boxes are refused by finding, or by study", { timeout: 180_000 }, async () => {
    const boxes = Array.from({ length: 200_000 }, (_, i) => [0.1, 0.1, 0.5, 0.5 + i / 1e6]);
    const one = [{ ...record("1"), findings: [{ ...record("1").findings[0], boxes, extra_boxes: boxes }] }];
    const many = [{ ...record("1"), findings: boxes.map((box) => ({ ...record("1").findings[0], boxes: [box] })) }];
    for (const [records, codes] of [
      [one, ["bad-boxes", "bad-boxes"]],
      [many, ["bad-boxes"]],
    ] as const) {
      const root = await makeSet({
        "grounded_reports_x.json": JSON.stringify(records),
        "1.png": png(4, 4, Buffer.alloc(20)),
      });
      const out = await mkdtemp(join(folder, "boxes-"));
      const { exitCode, stdout } = await run("data", "convert", root, out, "--to", "coco", "--json");
      expect([exitCode, JSON.parse(stdout).problems.map(({ code }: { code: string }) => code)]).toEqual([3, codes]);
    }
    // The check counts findings, and refuses the one that no film has.
    const root = await makeSet({
      "grounded_reports_x.json": JSON.stringify(one),
      "1.png": png(4, 4, Buffer.alloc(20)),
    });
    expect((await check(root)).map(({ code }) => code)).toEqual(["bad-boxes", "bad-boxes"]);
  });
});

it("names that would write to the terminal are refused, and not shown", async () => {
  const ids = ["\u001b]0;evil\u0007", "a\nerror: forged", "\u009b2J"];
  const root = await makeSet({ "grounded_reports_x.json": JSON.stringify(ids.map(record)) });
  const { exitCode, stdout, stderr } = await run("data", "check", root);
  expect(exitCode).toBe(3);
  expect(stdout.match(/StudyID holds control characters/g)).toHaveLength(3);
  expect((stdout + stderr).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  expect(stdout).not.toContain("forged");
});

it("a journal or a report in a wrong place costs neither a file nor an hour", async () => {
  const root = await makeSet({ "1.png": png(4, 4, Buffer.alloc(20)) });
  for (const name of ["grounded_reports_x.json", "1.png"]) {
    const before = await readFile(join(root, name));
    const { exitCode, stderr } = await run("data", "check", root, "--journal", join(root, name));
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("The file is no journal.")]);
    expect(await readFile(join(root, name))).toEqual(before);
  }
  for (const option of ["--report", "--html"]) {
    const { exitCode, stderr } = await run("data", "check", root, option, join(root, "1.png", "below", "x"));
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("could not be written")]);
    expect(stderr).not.toContain("read films");
  }
  const { exitCode, stderr } = await run("data", "check", root, "--journal", root);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("EISDIR")]);
});

it("an output folder stays empty of what an input would put elsewhere", async () => {
  const root = await makeSet({});
  await mkdir(join(folder, "out"));
  await writeFile(
    join(root, "grounded_reports_x.json"),
    JSON.stringify([{ ...record("1"), ImageID: "../../evil.png" }]),
  );
  const { exitCode } = await run("data", "convert", root, join(folder, "out", "yolo"), "--to", "yolo");
  expect(exitCode).toBe(3);
  const written = await readdir(folder, { recursive: true });
  expect(written.filter((path) => path.includes("evil"))).toEqual([]);
});
