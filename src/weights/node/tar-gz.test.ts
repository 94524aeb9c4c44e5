import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../base/random.ts";
import { unpackTarGz } from "./tar-gz.ts";

let dir: string;
let count = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tar-gz-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function archive(entries: Parameters<typeof packTar>[0], length?: number): Promise<string> {
  const path = join(dir, `${count++}.tar.gz`);
  await writeFile(path, gzipSync(await packTar(entries)).subarray(0, length));
  return path;
}

function file(name: string, body: string) {
  return { header: { name, size: Buffer.byteLength(body), type: "file" as const }, body };
}

/** Unpacks the files named, of at most 10 bytes each, and tells what came out. */
async function unpacked(path: string, ...names: string[]): Promise<Record<string, string>> {
  const into = await mkdtemp(join(dir, "into-"));
  await unpackTarGz(path, into, (name) => (names.includes(name) ? 10 : undefined));
  const found = await readdir(into, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(into.length + 1), await readFile(path, "utf8")] as const)),
  );
}

describe("unpackTarGz", () => {
  it("writes the files asked for and no others", async () => {
    const path = await archive([file("./a.txt", "A"), file("words/b.txt", "B"), file("c.txt", "C"), file("../d", "D")]);
    expect(await unpacked(path, "a.txt", "words/b.txt", "missing")).toEqual({ "a.txt": "A", "words/b.txt": "B" });
  });

  it("skips links, whatever they are called", async () => {
    const link = { header: { name: "a.txt", size: 0, type: "symlink" as const, linkname: "/etc/hostname" } };
    expect(await unpacked(await archive([link, file("b", "B")]), "a.txt", "b")).toEqual({ b: "B" });
  });

  it("refuses a file larger than its bound", async () => {
    const path = await archive([file("a.txt", "more than ten bytes")]);
    await expect(unpacked(path, "a.txt")).rejects.toThrow(/a\.txt is too large[\s\S]*at most 10 bytes[\s\S]*19 bytes/);
  });

  it("says what is wrong with an archive that is cut off, damaged, none, or not there", async () => {
    const random = new Random(1);
    const body = Array.from({ length: 5000 }, () => String.fromCharCode(33 + random.integer(90))).join("");
    const cut = await archive([file("a.txt", "A"), file("b", body)], 2000);
    await expect(unpacked(cut, "a.txt")).rejects.toThrow(/damaged or cut off[\s\S]*where: .*tar\.gz/);
    const other = join(dir, "other.tar.gz");
    await writeFile(other, "no archive");
    await expect(unpacked(other, "a.txt")).rejects.toThrow(/damaged or cut off/);
    const noTar = join(dir, "no-tar.tar.gz");
    await writeFile(noTar, gzipSync("x".repeat(2000)));
    await expect(unpacked(noTar, "a.txt")).rejects.toThrow(/damaged or cut off/);
    const truncatedInside = join(dir, "inside.tar.gz");
    await writeFile(truncatedInside, gzipSync((await packTar([file("b", body)])).subarray(0, 1500)));
    await expect(unpacked(truncatedInside, "b")).rejects.toThrow(/damaged or cut off|too large/);
    await expect(unpacked(join(dir, "nothing.tar.gz"))).rejects.toThrow(/could not be opened[\s\S]*ENOENT/);
  });
});
