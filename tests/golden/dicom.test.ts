import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { clipInput, filmInput } from "../../src/images/index.ts";
import { transferSyntaxes } from "../../src/images/node/dicom/codecs.ts";
import { readStoredImage } from "../../src/images/node/dicom/decode-dicom.ts";
import { readDicomFile } from "../../src/images/node/dicom/read-file.ts";
import { decodeFilm, encodePng16 } from "../../src/images/node/index.ts";
import { displayedImage } from "../../src/images/stored-values.ts";

const path = (name: string) => fileURLToPath(new URL(`dicom/${name}`, import.meta.url));
const manifest: {
  readonly cases: readonly { file: string; sha256: string; min: number; max: number }[];
  readonly displays: readonly { file: string; levels: readonly number[] }[];
} = JSON.parse(readFileSync(path("manifest.json"), "utf8"));

describe("stored values equal those of dcmtk, gdcm and OpenJPH", () => {
  it("has a case for every transfer syntax", () => {
    const found = manifest.cases.map(({ file }) => readDicomFile(readFileSync(path(file)), file).transferSyntax);
    expect([...new Set(found)].sort()).toEqual([...transferSyntaxes.keys()].sort());
  });

  it("of films whose values differ", () => {
    for (const { file, min, max } of manifest.cases)
      expect([file, max - min]).toEqual([file, expect.toSatisfy((n) => n > 200)]);
  });

  it.each(manifest.cases)("$file", async ({ file, sha256, min, max }) => {
    const { values } = await readStoredImage(readFileSync(path(file)), file);
    expect([Math.min(...values), Math.max(...values)]).toEqual([min, max]);
    expect(createHash("sha256").update(values).digest("hex")).toBe(sha256);
  });
});

describe("displayed grey levels are within one of dcm2pnm's", () => {
  it.each(manifest.displays)("$file", async ({ file, levels }) => {
    const shown = displayedImage(await readStoredImage(readFileSync(path(file)), file));
    const differences = [...shown.pixels].map((level, i) => Math.abs(level - levels[i]!));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  });
});

describe("the same film as PNG and as DICOM is the same encoder input", () => {
  const view = { fit: "crop", side: 16 } as const;
  const lossless = manifest.cases.filter(({ file }) => !/baseline|extended|near|lossy|m1/.test(file));

  it.each(lossless)("$file", async ({ file, min }) => {
    const image = await readStoredImage(readFileSync(path(file)), file);
    const film = await decodeFilm(readFileSync(path(file)), file);
    const asPng =
      film.depth === 8
        ? film // an 8-bit film is already what its PNG would be
        : await decodeFilm(
            await encodePng16(
              image,
              Uint16Array.from(image.values, (v) => v - Math.min(0, min)),
            ),
            "png",
          );
    expect(clipInput(filmInput(film, view))).toEqual(clipInput(filmInput(asPng, view)));
  });
});
