/** A data set in memory. */
import type { Problem } from "./problems.ts";
import type { Study } from "./vocabulary.ts";

/** A file that the studies were read from. */
export interface SourceFile {
  /** Name of the file, without its folder. */
  readonly file: string;
  /** Of the file as it lies there. */
  readonly sha256: string;
}

export interface Dataset {
  /** Name of its folder. */
  readonly name: string;
  /** In file order. */
  readonly studies: readonly Study[];
  /** What was wrong with single records; see `problemsOf` for what the whole shows. */
  readonly problems: readonly Problem[];
  readonly sources: readonly SourceFile[];
}
