/** RadGraph's published archives: DyGIE++ with its encoder, unpacked and checked as a whole (METRICS §9.2). */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { DataError, ModelError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
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
  /** The folder that the archive is in: the encoder's tokenizer is there, or in its folder `encoder`. */
  readonly home: string;
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

/**
 * @param path the archive, a folder with `radgraph-xl.tar.gz` in it, or one with an archive's content
 * @throws ModelError when there is none, it is one of another model, or one that is not supported
 * @throws DataError when a file is damaged
 */
export async function loadRadgraph(path: string): Promise<RadgraphModel> {
  const kind = await stat(path).catch(() => undefined);
  if (kind?.isFile() === true) return fromArchive(path);
  if (kind?.isDirectory() !== true) {
    throw new ModelError("There is no RadGraph here.", { where: path, expected: `a folder or ${usualArchive}` });
  }
  const names = await readdir(path);
  if (names.includes(weightsName)) return readUnpacked(path, path, path);
  if (names.includes(usualArchive)) return fromArchive(join(path, usualArchive));
  throw new ModelError("The folder holds no RadGraph.", {
    where: path,
    expected: `${usualArchive}, or its content: config.json, ${vocabularyName}/, ${weightsName}`,
    found: names.filter((name) => name.endsWith(".tar.gz")).join(", ") || "no archive",
    remedy: "Get it with `regionformer models pull StanfordAIMI/RRG_scorers`, or name an archive itself.",
  });
}

async function fromArchive(archive: string): Promise<RadgraphModel> {
  const unpacked = await mkdtemp(join(tmpdir(), "regionformer-radgraph-"));
  try {
    await unpackTarGz(archive, unpacked, (name) => bounds.find(([pattern]) => pattern.test(name))?.[1]);
    return await readUnpacked(unpacked, dirname(archive), archive);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

/** @param where what the person gave, for errors: the unpacked files are gone when an error is read */
async function readUnpacked(dir: string, home: string, where: string): Promise<RadgraphModel> {
  const json = await readJsonObject(join(dir, "config.json"));
  if (json === undefined) throw incomplete(where, "config.json");
  const { encoderName, maxLength, ...sizes } = parseDygieConfig(json, `${where}, config.json`);
  const { type, entityLabels, relationLabels } = await readLabels(join(dir, vocabularyName), where);
  if (/modern-?bert/i.test(encoderName) || type.startsWith("modern")) {
    throw new ModelError("This RadGraph reads texts with a ModernBERT, which is not supported.", {
      where,
      found: `${type} on ${encoderName}`,
      remedy: "Use radgraph-xl.tar.gz, which the profiles are defined by, or radgraph.tar.gz.",
    });
  }
  const weightsPath = join(dir, weightsName);
  await using file = await openWeights(weightsPath).catch((error: unknown) => {
    if (error instanceof DataError)
      throw new DataError(error.what, { ...error.parts, where: `${where}, ${weightsName}` });
    throw error;
  });
  const stored: StoredWeights = { weightsPath, entries: file.entries };
  const inside = encoderNames(file.entries.keys());
  const encoder = await encoderConfig(
    home,
    (name) => file.entries.get(inside(name))?.shape,
    `${where}, ${weightsName}`,
  );
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
  };
}

function encoderNames(all: Iterable<string>): (name: string) => string {
  return bertStoredName([...all].filter((name) => name.startsWith(encoderPrefix)));
}

/** The archive names its encoder and does not describe it: its sizes are seen in the tensors. */
async function encoderConfig(
  home: string,
  shapeOf: Parameters<typeof inferBertConfig>[0],
  where: string,
): Promise<BertConfig> {
  const path = join(home, "encoder", "config.json");
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
async function readLabels(dir: string, where: string): Promise<Labels> {
  const names = await readdir(dir).catch(() => []);
  const file = names.find((name) => name.endsWith(entitySuffix));
  if (file === undefined) throw incomplete(where, `${vocabularyName}/<type>${entitySuffix}`);
  const type = basename(file, entitySuffix);
  const linesOf = async (name: string): Promise<readonly string[]> => {
    const text = await readFile(join(dir, name), "utf8").catch((error: unknown) => {
      if (fileErrorCode(error) === undefined) throw error;
      throw incomplete(where, `${vocabularyName}/${name}`);
    });
    return text.replace(/\n$/, "").split("\n");
  };
  const [first, ...entityLabels] = await linesOf(file);
  if (first !== "") {
    throw new ModelError("The entity labels do not begin with the empty one.", {
      where: `${where}, ${vocabularyName}/${file}`,
      expected: "an empty first line",
      found: "a label",
    });
  }
  return { type, entityLabels, relationLabels: await linesOf(`${type}${relationSuffix}`) };
}

function incomplete(where: string, missing: string): ModelError {
  return new ModelError("The RadGraph is not whole.", {
    where,
    expected: missing,
    found: "no such file",
    remedy: "Get the archive again.",
  });
}
