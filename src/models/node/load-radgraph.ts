/** RadGraph's published archives: DyGIE++ with its encoder, unpacked and checked as a whole (METRICS §9.2). */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { DataError, ModelError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import { sha256OfFile } from "../../base/node/hash.ts";
import { readJsonObject } from "../../base/node/json.ts";
import type { Weights } from "../../weights/index.ts";
import { openWeights, readWeights, type StoredWeights, unpackTarGz } from "../../weights/node/index.ts";
import {
  type BertConfig,
  bertShapes,
  bertStoredName,
  inferBertConfig,
  longestText,
  parseBertConfig,
} from "../bert/index.ts";
import { type DygieConfig, dygieShapes, encoderPrefix, parseDygieConfig } from "../dygie/index.ts";

export interface RadgraphModel {
  readonly config: DygieConfig;
  /** Of the encoder, under the names of `bertShapes`. */
  readonly encoderWeights: Weights;
  /** Of the scorers. */
  readonly weights: Weights;
  /** The folder that the archive is in. */
  readonly home: string;
  /** The hub's name of the encoder. */
  readonly encoderName: string;
}

/** The model of the profiles. */
const usualArchive = "radgraph-xl.tar.gz";
const weightsName = "weights.th";
const vocabularyName = "vocabulary";

/** Most bytes of each file that is read from an archive. */
const bounds: readonly (readonly [RegExp, number])[] = [
  [/^config\.json$/, 1e6],
  [/^vocabulary\/[\w.-]+\.txt$/, 1e6],
  [/^weights\.th$/, 3e9],
];

export interface RadgraphPlaces {
  /** The encoder's folder, whose config.json is read where there is one; `encoder` beside the archive when absent. */
  readonly encoderDir?: string | undefined;
  /** A folder in which what an archive unpacks to is kept, by its hash; when absent it is unpacked each time. */
  readonly unpacked?: string | undefined;
}

/**
 * @param path the archive, a folder with `radgraph-xl.tar.gz` in it, or one with an archive's content
 * @throws ModelError when there is none, it is one of another model, or one that is not supported
 * @throws DataError when a file is damaged
 */
export async function loadRadgraph(path: string, places: RadgraphPlaces = {}): Promise<RadgraphModel> {
  const kind = await stat(path).catch(() => undefined);
  if (kind?.isFile() === true) return fromArchive(path, places);
  if (kind?.isDirectory() !== true) {
    throw new ModelError("There is no RadGraph here.", { where: path, expected: `a folder or ${usualArchive}` });
  }
  const names = await readdir(path);
  if (names.includes(weightsName)) return readUnpacked(path, path, places.encoderDir);
  if (names.includes(usualArchive)) return fromArchive(join(path, usualArchive), places);
  throw new ModelError("The folder holds no RadGraph.", {
    where: path,
    expected: `${usualArchive}, or its content: config.json, ${vocabularyName}/, ${weightsName}`,
    found: names.filter((name) => name.endsWith(".tar.gz")).join(", ") || "no archive",
    remedy:
      "Get it with `regionformer models pull StanfordAIMI/RRG_scorers --file radgraph-xl.tar.gz`, or name an archive.",
  });
}

async function fromArchive(archive: string, { encoderDir, unpacked }: RadgraphPlaces): Promise<RadgraphModel> {
  const read = async (dir: string) => {
    try {
      return await readUnpacked(dir, dirname(archive), encoderDir);
    } catch (error) {
      throw withPlace(error, dir, archive);
    }
  };
  if (unpacked !== undefined) return read(await keptUnpacked(archive, unpacked));
  const dir = await mkdtemp(join(tmpdir(), "regionformer-radgraph-"));
  try {
    await unpack(archive, dir);
    return await read(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function unpack(archive: string, dir: string): Promise<void> {
  return unpackTarGz(archive, dir, (name) => bounds.find(([pattern]) => pattern.test(name))?.[1]);
}

/** The folder with the archive's content. It appears as a whole, so that a run that was killed leaves none behind. */
async function keptUnpacked(archive: string, unpacked: string): Promise<string> {
  const dir = join(unpacked, await sha256OfFile(archive));
  if ((await stat(dir).catch(() => undefined)) !== undefined) return dir;
  const temporary = await mkdir(unpacked, { recursive: true })
    .then(() => mkdtemp(`${dir}.tmp-`))
    .catch((error: unknown) => {
      throw new DataError(
        "There is no room for what the archive unpacks to.",
        {
          where: unpacked,
          expected: "a folder that can be written",
          found: fileErrorCode(error) ?? "an unknown error",
          remedy:
            "Name another cache folder with the environment variable HF_HUB_CACHE, or unpack the archive yourself.",
        },
        { cause: error },
      );
    });
  try {
    await unpack(archive, temporary);
    await rename(temporary, dir).catch(async (error: unknown) => {
      if ((await stat(dir).catch(() => undefined)) === undefined) throw error; // else another run was faster
    });
    return dir;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The same error about a file of the archive: the unpacked one is gone when it is read. */
function withPlace(error: unknown, unpacked: string, archive: string): unknown {
  if (!(error instanceof DataError || error instanceof ModelError)) return error;
  const parts = { ...error.parts, where: error.parts.where.replace(unpacked, archive) };
  const options = { cause: error };
  return error instanceof DataError
    ? new DataError(error.what, parts, options)
    : new ModelError(error.what, parts, options);
}

async function readUnpacked(dir: string, home: string, encoderDir?: string): Promise<RadgraphModel> {
  const configPath = join(dir, "config.json");
  const json = await readJsonObject(configPath);
  if (json === undefined) throw incomplete(configPath);
  const { encoderName, maxLength, ...sizes } = parseDygieConfig(json, configPath);
  const { type, entityLabels, relationLabels } = await readLabels(join(dir, vocabularyName));
  if (/modern-?bert/i.test(encoderName) || type.startsWith("modern")) {
    throw new ModelError("This RadGraph reads texts with a ModernBERT, which is not supported.", {
      where: configPath,
      found: `${type} on ${encoderName}`,
      remedy: "Use radgraph-xl.tar.gz, which the profiles are defined by, or radgraph.tar.gz.",
    });
  }
  const weightsPath = join(dir, weightsName);
  await using file = await openWeights(weightsPath);
  const stored: StoredWeights = { weightsPath, entries: file.entries };
  const inside = bertStoredName(file.entries, [encoderPrefix]);
  const shapeOf = (name: string) => file.entries.get(inside(name))?.shape;
  const encoder = await encoderConfig(encoderDir ?? join(home, "encoder"), shapeOf, weightsPath);
  const longest = longestText(encoder);
  const config: DygieConfig = {
    ...sizes,
    type,
    encoder,
    maxLength: Math.min(maxLength ?? longest, longest),
    entityLabels,
    relationLabels,
  };
  return {
    config,
    encoderWeights: await readWeights(stored, bertShapes(encoder), inside),
    weights: await readWeights(stored, dygieShapes(config)),
    home,
    encoderName,
  };
}

/** The archive names its encoder and does not describe it: its sizes are seen in the tensors. */
async function encoderConfig(
  dir: string,
  shapeOf: Parameters<typeof inferBertConfig>[0],
  where: string,
): Promise<BertConfig> {
  const path = join(dir, "config.json");
  const json = await readJsonObject(path);
  return json === undefined ? inferBertConfig(shapeOf, where) : parseBertConfig(json, path);
}

interface Labels {
  readonly type: string;
  readonly entityLabels: readonly string[];
  readonly relationLabels: readonly string[];
}

const entitySuffix = "__ner_labels.txt";
const relationSuffix = "__relation_labels.txt";

/** A label a line; the first of the entities is the empty one. */
async function readLabels(dir: string): Promise<Labels> {
  const names = await readdir(dir).catch(() => []);
  const file = names.find((name) => name.endsWith(entitySuffix));
  if (file === undefined) throw incomplete(join(dir, `<type>${entitySuffix}`));
  const type = basename(file, entitySuffix);
  const linesOf = async (name: string): Promise<readonly string[]> => {
    const path = join(dir, name);
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      if (fileErrorCode(error) === undefined) throw error;
      throw incomplete(path);
    });
    return text.replace(/\n$/, "").split("\n");
  };
  const [first, ...entityLabels] = await linesOf(file);
  if (first !== "") {
    throw new ModelError("The entity labels do not begin with the empty one.", {
      where: join(dir, file),
      expected: "an empty first line",
      found: "a label",
    });
  }
  return { type, entityLabels, relationLabels: await linesOf(`${type}${relationSuffix}`) };
}

function incomplete(where: string): ModelError {
  return new ModelError("The RadGraph is not whole.", {
    where,
    found: "no such file",
    remedy: "Get the archive again.",
  });
}
