import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decode as decodeWithFastPng } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.ts";
import { decodeFilm, readFilm, readFilmHeader } from "./decode.ts";
import { encodePng16 } from "./encode.ts";

const golden = (name: string) => fileURLToPath(new URL(`../../../tests/golden/images/${name}`, import.meta.url));
const levels = Uint16Array.from({ length: 61 * 47 }, (_, i) => (i * 7919) % 65536);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "films-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function failure(work: Promise<unknown>): Promise<DataError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

describe("encodePng16", () => {
  it("keeps all 16 bits, for our reader and for another decoder", async () => {
    const file = await encodePng16({ width: 61, height: 47 }, levels);
    const film = await decodeFilm(file, "written.png");
    expect(film).toMatchObject({ width: 61, height: 47, depth: 16, colourModel: "grey" });
    expect(film.pixels).toEqual(levels);
    const other = decodeWithFastPng(file);
    expect(other).toMatchObject({ width: 61, height: 47, depth: 16, channels: 1 });
    expect(Uint16Array.from(other.data)).toEqual(levels);
  });
});

describe("broken files are errors that name the file", () => {
  /** Bytes of a good film, changed. */
  async function changed(name: string, change: (bytes: Buffer) => Uint8Array): Promise<Uint8Array> {
    return change(await readFile(golden(name)));
  }

  it.each<[string, () => Promise<Uint8Array>]>([
    ["empty", async () => new Uint8Array()],
    ["text", async () => Buffer.from("no image at all\n")],
    ["another format", async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ["only a PNG signature", () => changed("grey8.png", (bytes) => bytes.subarray(0, 8))],
    ["only a PNG header", () => changed("grey8.png", (bytes) => bytes.subarray(0, 33))],
    ["half a PNG", () => changed("landscape16.png", (bytes) => bytes.subarray(0, bytes.length / 2))],
    ["a PNG short of its last pixels", () => changed("grey16.png", (bytes) => bytes.subarray(0, -40))],
    ["half a JPEG", () => changed("rgb420.jpg", (bytes) => bytes.subarray(0, bytes.length / 2))],
    ["a PNG with damaged pixels", () => changed("grey8.png", (bytes) => bytes.fill(0, 400, 420))],
    [
      "a PNG header that promises more rows",
      () =>
        changed("grey8.png", (bytes) => {
          bytes.writeUInt32BE(5000, 20);
          bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
          return bytes;
        }),
    ],
    [
      "a PNG header that promises 10 billion pixels",
      () =>
        changed("grey8.png", (bytes) => {
          bytes.writeUInt32BE(100_000, 16);
          bytes.writeUInt32BE(100_000, 20);
          bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
          return bytes;
        }),
    ],
  ])("%s", async (_, bytes) => {
    const error = await failure(decodeFilm(await bytes(), "film-17.png"));
    expect(error.parts.where).toBe("film-17.png");
    expect(error.parts.found).not.toBe("");
    expect(error.message).not.toContain("\n    at ");
  });

  it("a missing file, a folder, and a header that is none", async () => {
    const missing = join(folder, "missing.png");
    for (const read of [readFilm, readFilmHeader]) {
      expect((await failure(read(missing))).parts.where).toBe(missing);
      expect((await failure(read(folder))).parts.where).toBe(folder);
    }
    const text = join(folder, "text.png");
    await writeFile(text, "no image at all\n");
    expect((await failure(readFilmHeader(text))).parts.where).toBe(text);
  });

  it("a file that changed since it was last read is read again", async () => {
    const path = join(folder, "changing.png");
    await writeFile(path, await readFile(golden("grey8.png")));
    expect(await readFilmHeader(path)).toMatchObject({ width: 61, height: 47 });
    await writeFile(path, await readFile(golden("wide8.png")));
    expect(await readFilmHeader(path)).toMatchObject({ width: 1000, height: 9 });
  });
});

/** The checksum of a PNG chunk, so that a lying header is otherwise a good one. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
