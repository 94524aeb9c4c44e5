import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../../base/errors.ts";
import { sha256 } from "../../../base/node/hash.ts";
import { readFilm } from "../../../images/node/index.ts";
import { composeSet } from "../compose.ts";
import { type FilmPlan, renderFilm } from "../film.ts";
import { releaseFiles } from "../release.ts";
import { synthesise } from "./synthesise.ts";

/**
 * Of the decoded pixels in the reports' order, then the reports and the table. It changes when drawing, physics,
 * wording or layout change: then look at the films and write the new value here.
 */
const expectedHash = "1f9b38208ea3fcdc4ff79dd7ae4d55a51e1991906beb066c7f781a1992100b5f";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "synthetic-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("synthesise", () => {
  const options = { studies: 6, seed: 2024, size: 128 };
  const studies = composeSet(options.seed, options.studies);
  const inSet = (...path: string[]) => join(folder, "set", ...path);

  it("writes the release layout, counting films", async () => {
    const progress: number[] = [];
    const written = await synthesise({ out: inSet(), ...options, onProgress: (count) => progress.push(count) });
    const findings = studies.flatMap(({ study }) => study.findings);
    expect(written.studies).toBe(6);
    expect(written.positiveSentences + written.negativeSentences).toBe(findings.length);
    expect(progress).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await readdir(inSet())).sort()).toEqual(
      [
        "Padchest_GR_files",
        releaseFiles.priorImages,
        releaseFiles.reports,
        releaseFiles.masterTable,
        "synthetic.json",
      ].sort(),
    );
    const priors = studies.flatMap(({ prior }) => (prior === undefined ? [] : [prior.imageId]));
    expect(priors.length).toBeGreaterThan(0);
    expect(written.priorFilms).toBe(priors.length);
    expect((await readdir(inSet(releaseFiles.priorImages))).sort()).toEqual(priors.sort());
    const images = studies.map(({ study }) => study.imageId);
    expect((await readdir(inSet(releaseFiles.images))).sort()).toEqual([...images].sort());
  });

  it("writes the films' 16-bit levels, the same on every machine", async () => {
    const levels: Uint8Array[] = [];
    const check = async (path: string, plan: FilmPlan) => {
      const decoded = await readFilm(path);
      expect(decoded).toMatchObject({ width: 128, height: 128, depth: 16, colourModel: "grey" });
      expect(decoded.pixels).toEqual(renderFilm(plan, 128));
      levels.push(new Uint8Array(decoded.pixels.buffer));
    };
    for (const { study, film, prior } of studies) {
      await check(inSet(releaseFiles.images, study.imageId), film);
      if (prior !== undefined) await check(inSet(releaseFiles.priorImages, prior.imageId), prior.film);
    }
    const texts = [await readFile(inSet(releaseFiles.reports)), await readFile(inSet(releaseFiles.masterTable))];
    expect(sha256(...levels, ...texts)).toBe(expectedHash);
  });

  it("writes the same films with any number of threads", async () => {
    const inOther = (...path: string[]) => join(folder, "other", ...path);
    await synthesise({ out: inOther(), ...options, threads: 2 });
    for (const name of [releaseFiles.images, releaseFiles.priorImages]) {
      const files = (await readdir(inSet(name))).sort();
      expect((await readdir(inOther(name))).sort()).toEqual(files);
      for (const file of files) expect(await readFile(inOther(name, file))).toEqual(await readFile(inSet(name, file)));
    }
  });

  it("replaces an earlier set whole", async () => {
    await synthesise({ out: inSet(), studies: 2, seed: 1, size: 64 });
    expect(await readdir(inSet(releaseFiles.images))).toHaveLength(2);
    expect(JSON.parse(await readFile(inSet("synthetic.json"), "utf8"))).toEqual({
      generator: "regionformer",
      seed: 1,
      studies: 2,
      size: 64,
    });
  });

  it("touches no folder that holds anything else, not even the real data set", async () => {
    const foreign = await mkdtemp(join(folder, "foreign-"));
    await writeFile(join(foreign, releaseFiles.reports), "[]");
    await expect(synthesise({ out: foreign, ...options })).rejects.toThrow(/not a synthetic set[\s\S]*another folder/);
    expect(await readdir(foreign)).toEqual([releaseFiles.reports]);
  });

  it.each([
    ["studies", { studies: 0 }],
    ["studies", { studies: 2.5 }],
    ["size", { size: 10 }],
    ["threads", { threads: 0 }],
    ["seed", { seed: Number.NaN }],
  ])("refuses an impossible number of %s", async (name, wrong) => {
    const attempt = synthesise({ out: join(folder, "never"), ...options, ...wrong });
    await expect(attempt).rejects.toThrow(UsageError);
    await expect(attempt).rejects.toThrow(name);
    expect(await readdir(folder)).not.toContain("never");
  });
});
