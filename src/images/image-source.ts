/** Where a film's bytes are: a file, or a place within an archive that nobody has to unpack. */

/** A member of a zip archive, which may be cut into parts: files that are the archive when put one after the other. */
export interface ZipMember {
  /** The archive's files in order. */
  readonly parts: readonly string[];
  /** Its path within the archive. */
  readonly name: string;
  /** Where its local header begins, in bytes from the start of the first part. */
  readonly offset: number;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
  readonly isDeflated: boolean;
  readonly crc32: number;
}

/** A path, or a member of an archive. Plain data: it travels to worker threads and into files. */
export type ImageSource = string | ZipMember;

/** How errors call it. */
export function sourceName(source: ImageSource): string {
  return typeof source === "string" ? source : `${source.parts[0]}, ${source.name}`;
}
