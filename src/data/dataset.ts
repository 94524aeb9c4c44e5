import type { Problem } from "./problem.ts";
import type { Study } from "./vocabulary.ts";

/** A data set as it was read. */
export interface Dataset {
  readonly studies: readonly Study[];
  /** What was wrong with single records; see `problemsOf` for what the whole shows. */
  readonly problems: readonly Problem[];
  /** The files that were read, with the hash of their content. */
  readonly sources: readonly { readonly file: string; readonly sha256: string }[];
}
