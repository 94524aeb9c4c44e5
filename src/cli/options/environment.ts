/** `environment.json` of a run folder: with what the run was computed, by version, name and content hash. */
import { writeFileAtomic } from "../../base/node/files.ts";
import { sha256, sha256OfFile } from "../../base/node/hash.ts";
import { readJsonObject } from "../../base/node/json.ts";
import type { Row } from "../../data/index.ts";
import type { ModelIdentity } from "../../models/captioner/index.ts";
import { licenceOf } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { engineVersion } from "../../runtime/node/index.ts";
import type { Run } from "../../train/node/index.ts";
import { type Context, packageInfo } from "../framework/index.ts";

export interface EnvironmentParts {
  readonly runtime: Runtime;
  /** By role: `encoder`, `decoder`. */
  readonly models: Readonly<Record<string, ModelIdentity>>;
  /** Files that were read as they are: `features`. */
  readonly files: Readonly<Record<string, string>>;
  /** Rows by use: `train`, `selection`. */
  readonly rows: Readonly<Record<string, readonly Row[]>>;
}

/** A hash of everything that is learned from rows; their order counts. */
function hashRows(rows: readonly Row[]): string {
  const facts = rows.map(({ studyId, imageId, split, sentence, boxes }) => [studyId, imageId, split, sentence, boxes]);
  return sha256(JSON.stringify(facts));
}

async function mapValues<A, B>(object: Readonly<Record<string, A>>, map: (value: A) => Promise<B>) {
  const entries = Object.entries(object).map(async ([key, value]) => [key, await map(value)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function describe({ runtime, models, files, rows }: EnvironmentParts) {
  return {
    versions: { regionformer: packageInfo().version, node: process.version, onnxruntime: engineVersion() },
    platform: `${process.platform} ${process.arch}`,
    device: runtime.description,
    models: await mapValues(models, async ({ name, hash, path }) => ({
      name,
      hash,
      licence: (await licenceOf(path)) ?? "not stated",
    })),
    files: await mapValues(files, async (path) => ({ hash: await sha256OfFile(path) })),
    rows: await mapValues(rows, async (rows) => ({ count: rows.length, hash: hashRows(rows) })),
  };
}

/** Writes the file, or, where a run is continued, warns about what is different now. */
export async function recordEnvironment(
  run: Run,
  parts: EnvironmentParts,
  { log }: Pick<Context, "log">,
): Promise<void> {
  const now: Record<string, unknown> = await describe(parts);
  const before = await readJsonObject(run.environmentPath);
  if (before === undefined) return writeFileAtomic(run.environmentPath, `${JSON.stringify(now, undefined, 2)}\n`);
  const changed = Object.keys(now).filter((key) => JSON.stringify(now[key]) !== JSON.stringify(before[key]));
  if (changed.length > 0) {
    log.warn(`the run was begun with other ${changed.join(", ")} (environment.json); its last digits may differ`);
  }
}
