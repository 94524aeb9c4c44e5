import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type MadeMember, zipFile } from "../../../tests/support/zip-file.ts";
import { DataError } from "../../base/errors.ts";
import { encodePng16, readFilm } from "../../images/node/index.ts";
import { openDataset } from "./open-dataset.ts";

const id = (i: number) => `${"9".repeat(36)}${i}`;
const names = [0, 1, 2, 3].map((i) => `${id(i)}.png`);
const records = names.map((ImageID, i) => ({
  StudyID: id(i),
  ImageID,
  PreviousStudyID: i === 0 ? id(7) : null,
  PreviousImageID: i === 0 ? "prior.png" : null,
  findings: [],
}));
const levels = (i: number) => Uint16Array.from({ length: 20 * 10 }, (_, k) => (k * 331 + i * 1000) % 65536);

let root: string;
let pngs: MadeMember[];
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "archives-"));
  const size = { width: 20, height: 10 };
  pngs = await Promise.all(
    names.map(async (name, i) => ({
      name: `PadChest_GR/${name}`,
      bytes: await encodePng16(size, levels(i)),
      isDeflated: i % 2 === 1,
    })),
  );
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, "set-"));
  await writeFile(join(folder, "grounded_reports_20240819.json"), JSON.stringify(records));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

/** Writes an archive as the download page offers it: cut at every `bytes` bytes. */
async function writeParts(archive: Buffer, bytes: number, except: readonly number[] = []): Promise<void> {
  await mkdir(join(folder, "Padchest_GR_files"), { recursive: true });
  for (let i = 0; i * bytes < archive.length; i++) {
    if (except.includes(i + 1)) continue;
    const name = `PadChest_GR.zip.${String(i + 1).padStart(3, "0")}`;
    await writeFile(join(folder, "Padchest_GR_files", name), archive.subarray(i * bytes, (i + 1) * bytes));
  }
}

const codes = (problems: readonly { code: string }[]) =>
  problems.map(({ code }) => code).filter((code) => code !== "no-master-table");

describe("films within archives", () => {
  it.each([
    ["ZIP64, in parts that cut through headers and films", true, 97],
    ["plain, in parts", false, 1000],
    ["one part", false, 1e6],
  ])("are read in place: %s", async (_, isZip64, bytes) => {
    await writeParts(zipFile(pngs, isZip64), bytes);
    const { studies, problems } = await openDataset(folder);
    expect(codes(problems)).toEqual([]);
    for (const [i, { imagePath }] of studies.entries()) {
      expect(imagePath).toMatchObject({ name: `PadChest_GR/${names[i]}`, isDeflated: i % 2 === 1 });
      expect((await readFilm(imagePath!)).pixels).toEqual(levels(i));
    }
    expect(await readdir(folder)).toEqual(["Padchest_GR_files", "grounded_reports_20240819.json"]);
  });

  it("are read from a whole archive too, and a file of the same name goes before them", async () => {
    await writeFile(join(folder, "films.zip"), zipFile(pngs));
    await mkdir(join(folder, "images"));
    await writeFile(join(folder, "images", names[1]!), pngs[3]!.bytes);
    const { studies, problems } = await openDataset(folder);
    expect(codes(problems)).toEqual([]);
    expect(studies[1]!.imagePath).toBe(join(folder, "images", names[1]!));
    expect((await readFilm(studies[1]!.imagePath!)).pixels).toEqual(levels(3));
    expect((await readFilm(studies[2]!.imagePath!)).pixels).toEqual(levels(2));
  });

  it("a missing part, by its number", async () => {
    await writeParts(zipFile(pngs), 300, [2]);
    const { studies, problems } = await openDataset(folder);
    expect(codes(problems)).toEqual(["archive-incomplete"]);
    expect(problems.at(-1)!.what).toMatch(/^Of its \d+ parts, 1 are not beside the others \(2\)\.$/);
    expect(studies.map(({ imagePath }) => imagePath)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("a missing last part, and an archive that is none", async () => {
    const archive = zipFile(pngs);
    await writeParts(archive, 300, [Math.ceil(archive.length / 300)]);
    await writeFile(join(folder, "other.zip"), "no archive at all");
    expect(codes((await openDataset(folder)).problems)).toEqual(["archive-broken", "archive-broken"]);
  });

  it("a part that is too short: an error of each film behind it, never another film", async () => {
    const archive = zipFile(pngs);
    await writeParts(Buffer.concat([archive.subarray(0, 100), archive.subarray(101)]), 400);
    const { studies } = await openDataset(folder);
    for (const { imagePath } of studies) {
      if (imagePath !== undefined) await expect(readFilm(imagePath)).rejects.toBeInstanceOf(DataError);
    }
  });
});

describe("hostile archives", () => {
  it("have members that lie about their size refused, without unpacking more than they promised", async () => {
    const bomb = { name: names[0]!, bytes: Buffer.alloc(50_000_000), isDeflated: true };
    await writeFile(join(folder, "films.zip"), zipFile([{ ...bomb, claimedSize: 1000 }]));
    const [lying] = (await openDataset(folder)).studies;
    await expect(readFilm(lying!.imagePath!)).rejects.toThrow(/longer than promised/);
    await writeFile(join(folder, "films.zip"), zipFile([{ ...bomb, claimedSize: 2 ** 31 }]));
    const [huge] = (await openDataset(folder)).studies;
    await expect(readFilm(huge!.imagePath!)).rejects.toThrow(/more than any film has/);
  });

  it("have members whose bytes were changed refused", async () => {
    const archive = zipFile(pngs);
    archive[400]! ^= 1;
    await writeFile(join(folder, "films.zip"), archive);
    const outcomes = await Promise.allSettled((await openDataset(folder)).studies.map((s) => readFilm(s.imagePath!)));
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
  });

  it("write nothing and read nothing outside: paths that climb are refused as a whole", async () => {
    const climbing = { ...pngs[0]!, name: `../../${names[0]}` };
    await writeFile(join(folder, "films.zip"), zipFile([climbing]));
    const before = await readdir(root);
    const { studies, problems } = await openDataset(folder);
    expect(codes(problems)).toEqual(["archive-broken"]);
    expect(studies[0]!.imagePath).toBeUndefined();
    expect(await readdir(root)).toEqual(before);
  });

  it("are archives or problems, with bytes changed at every place of the directory", async () => {
    const archive = zipFile(pngs.slice(0, 1), true);
    const directory = archive.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    for (let at = directory; at < archive.length; at += 7) {
      const changed = Buffer.from(archive);
      changed[at]! ^= 0xff;
      await writeFile(join(folder, "films.zip"), changed);
      const [study] = (await openDataset(folder)).studies;
      if (study!.imagePath === undefined) continue;
      const film = await readFilm(study!.imagePath).catch((error: unknown) => error);
      expect(film instanceof DataError || (film as { width: number }).width === 20).toBe(true);
    }
  });
});

describe("prior studies", () => {
  it("are found in their own folder, and are no study's own image", async () => {
    const prior = join(folder, "PadChest_GR_progression_prior_studies");
    await mkdir(prior);
    await mkdir(join(folder, "images"));
    for (const [path, i] of [
      [join(prior, "prior.png"), 0],
      [join(prior, names[1]!), 1],
      [join(folder, "images", names[1]!), 2],
    ] as const) {
      await writeFile(path, pngs[i]!.bytes);
    }
    const { studies, problems } = await openDataset(folder);
    expect(codes(problems)).toEqual([]);
    expect(studies[0]!.prior).toEqual({ studyId: id(7), imageId: "prior.png", imagePath: join(prior, "prior.png") });
    expect(studies[1]!.prior).toBeUndefined();
    expect(studies[1]!.imagePath).toBe(join(folder, "images", names[1]!));
  });
});
