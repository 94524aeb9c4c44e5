/** DICOM films in the three commands that read films: `data check`, `encode` and `describe`. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { readFeatures } from "../../src/features/node/index.ts";
import { readStoredImage } from "../../src/images/node/dicom/decode-dicom.ts";
import { encodePng8, encodePng16 } from "../../src/images/node/encode.ts";
import { captureCli } from "../support/capture-cli.ts";
import { dicomFile, element, type MadeDicom, sequence, word } from "../support/dicom-file.ts";
import { writeFilmSet } from "../support/film-set.ts";
import { describeWithSharedData } from "../support/shared-data.ts";
import { writeTinyClip } from "../support/tiny-models.ts";

let folder: string;
let clip: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dicom-films-"));
  clip = await writeTinyClip(join(folder, "clip"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const golden = (name: string) => fileURLToPath(new URL(`../golden/dicom/${name}.dcm`, import.meta.url));

/** A set of one finding a film; films are paths of files to copy, or bytes. */
async function writeSet(name: string, films: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const ids = Object.keys(films).map((file) => file.replace(/\.[a-z]+$/, ""));
  const root = await writeFilmSet(join(folder, name), ids);
  for (const [file, film] of Object.entries(films)) {
    if (typeof film === "string") await copyFile(film, join(root, file));
    else await writeFile(join(root, file), film);
  }
  return root;
}

/** The vector of each film by its name without ending, and what the command said. */
async function encode(root: string) {
  const out = join(folder, `${basename(root)}.safetensors`);
  const { exitCode, stderr } = await captureCli(registry, ["encode", root, "--encoder-model", clip, "--out", out]);
  const features = await readFeatures(out);
  const vectors = new Map(
    [...features.films].map(([name, { key }]) => [name.replace(/\.png$/, ""), features.imageVectors.get(key)!]),
  );
  return { exitCode, stderr, vectors };
}

async function describeFilm(film: string) {
  const run = await captureCli(registry, ["describe", film, "--box", "0.4,0.2,0.6,0.7", "--json"]);
  return { ...run, answer: run.stdout === "" ? undefined : { ...JSON.parse(run.stdout), image: undefined } };
}

/** The PNG of a golden film's values: the lowest becomes 0, and MONOCHROME1 is turned round. */
async function pngOf(path: string): Promise<Uint8Array> {
  const image = await readStoredImage(await readFile(path), path);
  const { values, bits, isSigned, isLowestWhite } = image;
  const levels = values.map((value) => value + (isSigned ? 2 ** (bits - 1) : 0));
  const shown = isLowestWhite ? levels.map((level) => 2 ** bits - 1 - level) : levels;
  return bits === 8 && !isSigned
    ? encodePng8(image, Uint8Array.from(shown))
    : encodePng16(image, Uint16Array.from(shown));
}

/** As dcmtk, gdcm and OpenJPH wrote them. */
const syntaxes = [
  ...["implicit", "explicit", "big-endian", "deflated", "rle", "jpeg-lossless", "jpeg-lossless-57", "jpeg-ls"],
  ...["j2k", "htj2k", "htj2k-rpcl"],
];
const kinds = ["u8", "u8m1", "u10", "u12", "u12high", "u16", "s8", "s12", "s16"];

it("encodes every kind of values in every lossless transfer syntax as the PNG of the same values", async () => {
  const films: Record<string, string | Uint8Array> = {};
  for (const kind of kinds) {
    films[`${kind}.png`] = await pngOf(golden(`${kind}-explicit`));
    for (const syntax of syntaxes) films[`${kind}-${syntax}.dcm`] = golden(`${kind}-${syntax}`);
  }
  const { exitCode, vectors } = await encode(await writeSet("syntaxes", films));
  expect([exitCode, vectors.size]).toEqual([0, kinds.length * (1 + syntaxes.length)]);
  for (const kind of kinds) {
    const png = vectors.get(kind);
    for (const syntax of syntaxes)
      expect([kind, syntax, vectors.get(`${kind}-${syntax}`)]).toEqual([kind, syntax, png]);
  }
  // Some kinds hold the same hills, whose range the min-max takes away.
  expect(new Set([...vectors.values()].map((vector) => vector.join())).size).toBeGreaterThan(4);
});

it("encodes a film whose elements turn, replace or mark its values as the PNG that they mean", async () => {
  const size = { width: 40, height: 30 };
  const bits = [16, 12, 11] as const;
  const stored = Uint16Array.from({ length: 1200 }, (_, i) => 500 + ((i * i) % 3001));
  const film = (pixels: Uint16Array, more: MadeDicom) =>
    dicomFile({ rows: size.height, columns: size.width, bits, pixels: Buffer.from(pixels.buffer), ...more });
  const text = (number: number, value: string) => element(0x28, number, "DS", Buffer.from(value));
  const words = (number: number, values: Uint16Array) => element(0x28, number, "US", Buffer.from(values.buffer));
  /** Brighter levels apart, dark ones together. */
  const curve = Uint16Array.from({ length: 4096 }, (_, level) => Math.floor(level ** 2 / 256));
  const table = (number: number) =>
    sequence(0x28, number, words(0x3002, Uint16Array.of(4096, 0, 16)), words(0x3006, curve));
  const asPng = (levels: Uint16Array) => encodePng16(size, levels);
  const turned = stored.map((value) => 4095 - value);
  // The first ten columns are no part of the film.
  const padded = stored.map((value, i) => (i % size.width < 10 ? 0 : value));
  const darkest = Math.min(...padded.filter((value) => value > 0));
  const { vectors } = await encode(
    await writeSet("elements", {
      "plain.png": await asPng(stored),
      "plain-window.dcm": film(stored, { elements: [text(0x1050, "9 "), text(0x1051, "4 ")] }),
      "plain-rescaled.dcm": film(stored, { elements: [text(0x1052, "-1024 "), text(0x1053, "2 ")] }),
      "plain-voi-table.dcm": film(stored, { elements: [table(0x3010)] }),
      "curved.png": await asPng(stored.map((value) => curve[value]!)),
      "curved-table.dcm": film(stored, { elements: [table(0x3000)] }),
      "turned.png": await asPng(turned),
      "turned-slope.dcm": film(stored, { elements: [text(0x1052, "4095"), text(0x1053, "-1")] }),
      "turned-kind.dcm": film(stored, { photometric: "MONOCHROME1" }),
      "padded.png": await asPng(padded.map((value) => Math.max(value, darkest))),
      "padded-value.dcm": film(padded, { elements: [element(0x28, 0x120, "US", word(0))] }),
      "padded-range.dcm": film(
        padded.map((value, i) => (value === 0 ? i % 7 : value)),
        { elements: [element(0x28, 0x120, "US", word(0)), element(0x28, 0x121, "US", word(6))] },
      ),
      "unmarked.png": await asPng(padded),
      "unmarked-plain.dcm": film(padded, {}),
    }),
  );
  expect(vectors.size).toBe(14);
  const unequal = [...vectors.keys()].filter(
    (name) => vectors.get(name)!.join() !== vectors.get(name.split("-")[0]!)!.join(),
  );
  expect(unequal).toEqual([]);
  expect(new Set([...vectors.values()].map((vector) => vector.join())).size).toBe(5);
});

it("describes a DICOM file as the PNG of its stored values", async () => {
  const png = join(folder, "golden.png");
  await writeFile(png, await pngOf(golden("u12-explicit")));
  const { exitCode, stderr, answer } = await describeFilm(png);
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(answer.finding).toMatch(/[A-Za-z]{3}/);
  for (const syntax of ["jpeg-lossless", "j2k"]) {
    expect((await describeFilm(golden(`u12-${syntax}`))).answer).toEqual(answer);
  }
});

it("refuses what is no film with the same sentence in all three commands", async () => {
  const films: readonly (readonly [name: string, film: Uint8Array, found: string])[] = [
    ["frames", dicomFile({ frames: "2", pixels: Buffer.alloc(24) }), "2 frames"],
    ["colour", dicomFile({ samples: 3, photometric: "RGB", pixels: Buffer.alloc(36) }), "3 samples a pixel, RGB"],
    ["palette", dicomFile({ photometric: "PALETTE COLOR" }), "1 samples a pixel, PALETTE COLOR"],
    ["progressive", dicomFile({ syntax: "1.2.840.10008.1.2.4.55" }), "1.2.840.10008.1.2.4.55, which no codec"],
    ["empty", dicomFile({ pixels: Buffer.alloc(0) }), "no pixels"],
    ["cut", (await readFile(golden("u12-jpeg-lossless"))).subarray(0, -40), "elements that cannot be read"],
    ["headless", dicomFile().subarray(128), "a file without the DICOM preamble"],
  ];
  const root = await writeSet("refused", {
    ...Object.fromEntries(films.map(([name, film]) => [`${name}.dcm`, film])),
    "good.dcm": golden("u12-explicit"),
  });
  const check = await captureCli(registry, ["data", "check", root, "--json"]);
  const problems: readonly { code: string; where: string; what: string }[] = JSON.parse(check.stdout).problems;
  const broken = problems.filter(({ code }) => code === "broken-image");
  const encoded = await encode(root);
  expect([check.exitCode, broken.length, [...encoded.vectors.keys()]]).toEqual([3, films.length, ["good"]]);
  for (const [name, , found] of films) {
    expect(broken.find(({ where }) => where.includes(name))?.what).toContain(found);
    expect(encoded.stderr).toMatch(new RegExp(`${name}\\.png was not encoded: .*${found.slice(0, 12)}`));
    const { exitCode, stderr } = await describeFilm(join(root, `${name}.dcm`));
    expect([name, exitCode, stderr]).toEqual([name, 3, expect.stringContaining(found)]);
  }
});

describeWithSharedData("a DICOM film of another maker", (at) => {
  it("is checked, encoded and described as the PNG of its values, turned round", async () => {
    const film = at("dicom/chest-fake-monohr1.dcm");
    const png = await pngOf(film);
    const root = await writeSet("real", { "film.dcm": film, "copy.png": png });
    const check = await captureCli(registry, ["data", "check", root, "--json"]);
    const document = JSON.parse(check.stdout);
    expect(document.problems.map(({ code }: { code: string }) => code)).toEqual(["duplicate-content"]);
    const { vectors } = await encode(root);
    expect(vectors.get("film")).toEqual(vectors.get("copy"));
    const described = await describeFilm(film);
    expect([described.exitCode, described.answer]).toEqual([0, (await describeFilm(join(root, "copy.png"))).answer]);
  });
});
