/** Models that are published as a tar.gz: chosen files of one, unpacked into a folder, within bounds. */
import { createReadStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { unpackTar } from "modern-tar/fs";
import { DataError } from "../../base/errors.ts";
import { openToRead } from "./weights-file.ts";

/** Most that an archive may unpack to, skipped files among it: what is more is no model of a metric. */
const mostBytes = 4e9;

/**
 * Unpacks some of an archive's files under their own names. Links, folders and everything else are skipped.
 * @param into an empty folder
 * @param bound most bytes of the file of this name (without `./` in front); undefined skips it
 * @throws DataError when there is no such archive, it is damaged or cut off, or a file is larger than its bound
 */
export async function unpackTarGz(
  path: string,
  into: string,
  bound: (name: string) => number | undefined,
): Promise<void> {
  await (await openToRead(path)).close(); // says what is wrong with the path
  let refusal: DataError | undefined;
  const refuse = (what: string, most: number, found: string): DataError => {
    refusal = new DataError(what, { where: path, expected: `at most ${most} bytes`, found });
    return refusal;
  };
  let total = 0;
  const counting = new Transform({
    transform(chunk: Uint8Array, _, done) {
      total += chunk.length;
      if (total > mostBytes) done(refuse("The archive unpacks to more than any model of its kind.", mostBytes, "more"));
      else done(null, chunk);
    },
  });
  const unpacking = unpackTar(into, {
    strict: true,
    filter({ name, size, type }) {
      const plain = name.replace(/^(\.\/)+/, "");
      const most = type === "file" || type === undefined ? bound(plain) : undefined;
      if (most !== undefined && size > most)
        throw refuse(`The archive's ${plain} is too large.`, most, `${size} bytes`);
      return most !== undefined;
    },
  });
  try {
    await pipeline(createReadStream(path), createGunzip(), counting, unpacking);
  } catch (error) {
    if (refusal !== undefined) throw refusal;
    throw new DataError(
      "The archive is damaged or cut off.",
      {
        where: path,
        expected: "a whole tar.gz",
        found: error instanceof Error ? error.message : "an unknown error",
        remedy: "Get the archive again.",
      },
      { cause: error },
    );
  }
}
