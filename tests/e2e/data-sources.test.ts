/** The same films as PNG files, in the parts of a download, and as DICOM: one embedding, whatever they lie in. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { readFeatures } from "../../src/features/node/index.ts";
import { encodePng16 } from "../../src/images/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { dicomFile } from "../support/dicom-file.ts";
import { writeTinyClip } from "../support/tiny-models.ts";
import { zipFile } from "../support/zip-file.ts";

const size = { width: 90, height: 70 };
const names = ["1", "2", "3"];
/** Twelve bits, as a detector stores them. */
const levels = (film: number) =>
  Uint16Array.from({ length: size.width * size.height }, (_, i) => {
    const [x, y] = [i % size.width, Math.floor(i / size.width)];
    return Math.round(2000 + 1900 * Math.sin((x * (film + 2)) / 30) * Math.cos(y / (10 + film)));
  });

let folder: string;
let clip: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sources-"));
  clip = await writeTinyClip(join(folder, "clip"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function writeReports(name: string): Promise<string> {
  const root = join(folder, name);
  await mkdir(root);
  const records = names.map((id) => ({
    StudyID: id,
    ImageID: `${id}.png`,
    findings: [{ sentence_en: "Nodule.", abnormal: true, boxes: [[0.2, 0.3, 0.5, 0.6]] }],
  }));
  await writeFile(join(root, "grounded_reports_x.json"), JSON.stringify(records));
  const master = names.map((id) => `${id},train,p${id}\n`).join("");
  await writeFile(join(root, "master_table.csv"), `StudyID,split,PatientID\n${master}`);
  return root;
}

/** The vectors of the films, in the order of their names. */
async function encode(root: string): Promise<Float32Array[]> {
  const out = join(folder, `${root.split(/[\\/]/).at(-1)}.safetensors`);
  const run = await captureCli(registry, ["encode", root, "--encoder-model", clip, "--out", out, "--strict"]);
  expect(run.stderr).not.toContain("not encoded");
  expect(run.exitCode).toBe(0);
  const features = await readFeatures(out);
  return names.map((id) => features.imageVectors.get(features.films.get(`${id}.png`)!.key)!);
}

it("gives the same embeddings from PNG, from archive parts, and from DICOM of both photometric kinds", async () => {
  const pngs = await Promise.all(names.map((_, i) => encodePng16(size, levels(i))));

  const plain = await writeReports("plain");
  for (const [i, id] of names.entries()) await writeFile(join(plain, `${id}.png`), pngs[i]!);

  const parts = await writeReports("parts");
  const archive = zipFile(
    names.map((id, i) => ({ name: `PadChest_GR/${id}.png`, bytes: pngs[i]!, isDeflated: i === 1 })),
    true,
  );
  for (let part = 0; part * 5000 < archive.length; part++) {
    const name = `PadChest_GR.zip.${String(part + 1).padStart(3, "0")}`;
    await writeFile(join(parts, name), archive.subarray(part * 5000, (part + 1) * 5000));
  }

  const dicom = await writeReports("dicom");
  const shape = { rows: size.height, columns: size.width, bits: [16, 12, 11] as const };
  for (const [i, id] of names.entries()) {
    const isReversed = i === 2;
    const stored = isReversed ? levels(i).map((level) => 4095 - level) : levels(i);
    const photometric = isReversed ? "MONOCHROME1" : "MONOCHROME2";
    const syntax = i === 1 ? "1.2.840.10008.1.2.1.99" : "1.2.840.10008.1.2.1";
    const file = dicomFile({ ...shape, photometric, syntax, pixels: Buffer.from(stored.buffer) });
    await writeFile(join(dicom, `${id}.dcm`), file);
  }

  const expected = await encode(plain);
  expect(expected[0]).not.toEqual(expected[1]);
  expect(await encode(parts)).toEqual(expected);
  expect(await encode(dicom)).toEqual(expected);
});
