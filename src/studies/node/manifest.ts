/** What a folder of studies holds: one file, replaced as a whole, for people and for the next run. */
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { readJsonObject } from "../../base/node/json.ts";

const format = "regionformer-studies-1";

const sourceSchema = z.object({ file: z.string(), sha256: z.string() });

const entrySchema = z.object({
  folder: z.string(),
  done: z.boolean(),
});

const manifestSchema = z.object({
  format: z.literal(format),
  /** The files that say what is on the films. */
  data: z.object({ name: z.string(), sources: z.array(sourceSchema) }),
  /** By identity. */
  trainings: z.record(z.string(), entrySchema),
  cells: z.record(z.string(), entrySchema.extend({ training: z.string() })),
  /** By the study's name: each place and seed with its cell's identity. */
  studies: z.record(
    z.string(),
    z.array(z.object({ place: z.record(z.string(), z.string()), seed: z.number(), cell: z.string() })),
  ),
});

export type Manifest = z.output<typeof manifestSchema>;

/** @param path of the file, for messages @throws UsageError when it is no manifest of this program */
export function parseManifest(json: JsonObject, path: string): Manifest {
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UsageError("The folder's manifest is not one of this program.", {
    where: path,
    expected: `a file of format ${format}`,
    found: String(json.format ?? "no format"),
    remedy: "Choose another --out.",
  });
}

/**
 * The manifest of a folder, or a new one.
 * @throws UsageError when the folder belongs to other data: features and films are found by their names there
 */
export async function readManifest(path: string, data: Manifest["data"]): Promise<Manifest> {
  const json = await readJsonObject(path);
  if (json === undefined) return { format, data, trainings: {}, cells: {}, studies: {} };
  const manifest = parseManifest(json, path);
  const hashes = ({ sources }: Manifest["data"]) => sources.map(({ sha256 }) => sha256.slice(0, 12)).join(", ");
  if (hashes(manifest.data) === hashes(data)) return manifest;
  throw new UsageError("The folder holds studies of other data.", {
    where: path,
    expected: `${manifest.data.name} (${hashes(manifest.data)})`,
    found: `${data.name} (${hashes(data)})`,
    remedy: "Choose another --out for these data.",
  });
}

export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(manifest, undefined, 1)}\n`);
}
