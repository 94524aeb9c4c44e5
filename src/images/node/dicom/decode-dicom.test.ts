import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { constants, deflateRawSync } from "node:zlib";
import { parseDicom } from "dicom-parser";
import { describe, expect, it } from "vitest";
import { dicomFile, type MadeDicom } from "../../../../tests/support/dicom-file.ts";
import { describeWithSharedData } from "../../../../tests/support/shared-data.ts";
import { DataError } from "../../../base/errors.ts";
import { sha256 } from "../../../base/node/hash.ts";
import { Random } from "../../../base/random.ts";
import { decodeFilm, readFilm, readFilmHeader } from "../index.ts";
import { readStoredImage } from "./decode-dicom.ts";

const folder = fileURLToPath(new URL("../../../../tests/golden/dicom/", import.meta.url));
const golden = (name: string) => readFileSync(`${folder}${name}`);

/** Where the only fragment of a compressed film is. */
function frameOf(bytes: Uint8Array): { readonly position: number; readonly length: number } {
  return parseDicom(bytes).elements.x7fe00010!.fragments![0]!;
}

/** The file with another frame in place of its only fragment. */
function withFrame(bytes: Buffer, frame: Uint8Array): Buffer {
  const { position } = frameOf(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(frame.length + (frame.length % 2));
  const end = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
  return Buffer.concat([bytes.subarray(0, position - 4), length, frame, Buffer.alloc(frame.length % 2), end]);
}

async function failure(bytes: Uint8Array, name = "film-17.dcm"): Promise<DataError> {
  const error = await decodeFilm(bytes, name).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  expect((error as DataError).parts.where).toBe(name);
  return error as DataError;
}

describe("DICOM files that cannot be films are refused with a sentence", () => {
  it("reads the one that the others are made from", async () => {
    expect(await decodeFilm(dicomFile(), "good")).toMatchObject({
      width: 3,
      height: 2,
      pixels: Uint16Array.of(0, 1, 2, 3, 4, 65535),
    });
  });

  it.each<[string, MadeDicom, RegExp]>([
    ["several frames", { frames: "3" }, /3 frames.*/],
    ["more frames than it says", { pixels: Buffer.alloc(24) }, /pixels of 2 frames/],
    ["colour", { samples: 3, photometric: "RGB" }, /3 samples a pixel, RGB/],
    ["a palette", { photometric: "PALETTE COLOR" }, /PALETTE COLOR/],
    ["12 bits allocated", { bits: [12, 12, 11] }, /12 bits stored in 12/],
    ["32 bits", { bits: [32, 32, 31] }, /32 bits stored in 32/],
    ["one bit", { bits: [8, 1, 0] }, /1 bits stored in 8/],
    ["a high bit below the stored ones", { bits: [16, 12, 3] }, /highest at 3/],
    ["no rows", { rows: 0 }, /3 × 0 pixels/],
    ["absurd dimensions", { rows: 65535, columns: 65535 }, /65535 × 65535 pixels/],
    ["fewer pixels than it promises", { rows: 200 }, /12 bytes of pixels/],
    ["no pixels", { pixels: Buffer.alloc(0) }, /no pixels/],
    ["a video", { syntax: "1.2.840.10008.1.2.4.102" }, /1\.2\.840\.10008\.1\.2\.4\.102, which no codec/],
    ["JPEG that is none", { syntax: "1.2.840.10008.1.2.4.50" }, /cannot be decoded as JPEG baseline/],
    ["runs too few for the frame", { syntax: "1.2.840.10008.1.2.5", rows: 5000, columns: 5000 }, /decoded as RLE/],
  ])("%s", async (_, changes, found) => {
    expect((await failure(dicomFile(changes))).parts.found).toMatch(found);
  });

  it("more compressed frames than it says", async () => {
    const bytes = golden("u12-jpeg-lossless.dcm");
    const { position, length } = frameOf(bytes);
    const fragment = bytes.subarray(position - 8, position + length); // with its tag and length
    const end = bytes.subarray(position + length);
    const twice = Buffer.concat([bytes.subarray(0, position + length), fragment, end]);
    expect((await failure(twice)).parts.found).toBe("the pixels of 2 frames");
  });

  it("a deflated bomb", async () => {
    // A megabyte of zeros as one block, 300 times: small to make, large to unpack.
    const block = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: constants.Z_FULL_FLUSH });
    const bomb = Buffer.concat([...new Array<Buffer>(300).fill(block), deflateRawSync(Buffer.alloc(1))]);
    const error = await failure(dicomFile({ syntax: "1.2.840.10008.1.2.1.99", deflated: bomb }));
    expect(error.parts.found).toContain("cannot be read");
  });

  it("never says what stands in the file", async () => {
    const secret = "CANARY^PATIENT";
    for (const broken of [dicomFile({ photometric: secret }), dicomFile({ syntax: secret })]) {
      expect((await failure(broken)).message).not.toContain("CANARY");
    }
  });

  it("a frame whose own header promises another size", async () => {
    for (const name of ["u12-jpeg-lossless.dcm", "u12-jpeg-ls.dcm", "u12-j2k.dcm", "u12-htj2k.dcm"]) {
      const bytes = golden(name);
      const rows = bytes.indexOf(Buffer.from([0x28, 0, 0x10, 0, 0x55, 0x53]));
      bytes.writeUInt16LE(2000, rows + 8);
      expect((await failure(bytes)).parts.found).toContain("cannot be decoded");
    }
  });
});

describe("damaged files", () => {
  const names = readdirSync(folder).filter((name) => name.endsWith(".dcm"));

  it("are errors wherever they are cut off", async () => {
    const random = new Random(1);
    for (const name of names) {
      const whole = golden(name);
      // A deflated file may end with a few bytes that add nothing.
      for (const length of [0, 131, 132, 200, random.integer(whole.length), whole.length - 12]) {
        await failure(whole.subarray(0, length), name);
      }
    }
  });

  it("are errors where the frame in a whole file is cut off, whatever the codec", async () => {
    const random = new Random(3);
    const compressed = names.filter((name) => /rle|jpe?g|j2k/.test(name) && !name.includes("explicit"));
    expect(compressed.length).toBeGreaterThan(70);
    for (const name of compressed) {
      const whole = golden(name);
      const { position, length } = frameOf(whole);
      expect(await readStoredImage(withFrame(whole, whole.subarray(position, position + length)), name)).toBeDefined();
      // Two bytes are the end marker, and a byte may stand behind it to make the length even.
      for (const cut of [3, 4 + random.integer(20), 1 + Math.floor(length / 2)]) {
        const error = await failure(withFrame(whole, whole.subarray(position, position + length - cut)), name);
        expect(error.parts.found).toContain("cannot be decoded as");
      }
    }
  });

  it("are films or errors, never anything else, with bytes changed at random", async () => {
    const random = new Random(2);
    const outcomes = { film: 0, error: 0 };
    for (let i = 0; i < 120; i++) {
      const bytes = golden(random.choose(names));
      const mostAt = random.integer(2) === 0 ? Math.min(700, bytes.length) : bytes.length;
      for (let k = random.integer(6); k >= 0; k--) {
        bytes[132 + random.integer(mostAt - 132)] = random.choose([0, 255, random.integer(256)]);
      }
      try {
        await decodeFilm(bytes, "fuzzed");
        outcomes.film++;
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        outcomes.error++;
      }
    }
    expect(outcomes.film).toBeGreaterThan(10);
    expect(outcomes.error).toBeGreaterThan(10);
  });

  it("leave the codecs in order for the next film", async () => {
    const good = sha256(new Uint8Array((await readStoredImage(golden("u12-htj2k.dcm"), "good")).values.buffer));
    const broken = golden("u12-htj2k.dcm");
    broken.fill(0x5a, broken.length - 200, broken.length - 20);
    await decodeFilm(broken, "broken").catch(() => undefined);
    const again = await readStoredImage(golden("u12-htj2k.dcm"), "again");
    expect(sha256(new Uint8Array(again.values.buffer))).toBe(good);
  });
});

describeWithSharedData("a DICOM film of another maker", (at) => {
  it("is read as dcmtk reads it: JPEG baseline, MONOCHROME1", async () => {
    const path = at("dicom/chest-fake-monohr1.dcm");
    expect(await readFilmHeader(path)).toEqual({ width: 1024, height: 1024, colourModel: "grey", depth: 8 });
    const film = await readFilm(path);
    expect(film).toMatchObject({ width: 1024, height: 1024, depth: 8 });
    const { values } = await readStoredImage(readFileSync(path), path);
    expect(film.pixels[5000]).toBe(255 - values[5000]!);
    expect(sha256(Uint8Array.from(values))).toBe("938432fbb18d79f48568dc5b1fb06ffd2ace4a4ded4bfc490c35981e58f053fb");
  });
});
