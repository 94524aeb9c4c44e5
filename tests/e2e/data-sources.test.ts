/** The same films as PNG files, in the parts of a download, and as DICOM: one embedding, whatever they lie in. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { readFeatures } from "../../src/features/node/index.ts";
import { readStoredImage } from "../../src/images/node/dicom/decode-dicom.ts";
import { encodePng16 } from "../../src/images/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { dicomFile } from "../support/dicom-file.ts";
import { writeFilmSet } from "../support/film-set.ts";
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

const writeReports = (name: string, ids = names) => writeFilmSet(join(folder, name), ids);

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

const golden = fileURLToPath(new URL("../golden/dicom/u12-explicit.dcm", import.meta.url));

it("converts boxes to pixels of films that are there under another ending", async () => {
  const root = await writeReports("endings", ["1", "2"]);
  await copyFile(golden, join(root, "1.dcm"));
  const { width, height, values } = await readStoredImage(await readFile(golden), "golden");
  await writeFile(join(root, "2.PNG"), await encodePng16({ width, height }, Uint16Array.from(values)));
  const out = join(folder, "endings-coco");
  const run = await captureCli(registry, ["data", "convert", root, out, "--to", "coco", "--json"]);
  const { losses, problems } = JSON.parse(run.stdout);
  expect([run.exitCode, losses, problems]).toEqual([0, [], []]);
  const { images, annotations } = JSON.parse(await readFile(join(out, "instances.json"), "utf8"));
  expect(images.map((image: object) => image)).toMatchObject(
    [1, 2].map((i) => ({ file_name: `${i}.png`, width, height })),
  );
  expect(annotations[0].bbox.map((edge: number) => Math.round(edge * 1e6) / 1e6)).toEqual(
    [0.2 * width, 0.3 * height, 0.3 * width, 0.3 * height].map((edge) => Math.round(edge * 1e6) / 1e6),
  );
});
