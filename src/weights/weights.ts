import type { HostArray } from "../base/arrays.ts";

/** Named arrays of a model, under the names of its official files. Read-only: training makes new ones. */
export type Weights = ReadonlyMap<string, HostArray>;
