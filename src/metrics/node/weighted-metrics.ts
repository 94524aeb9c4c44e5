/** The metrics with weights, from the folders that their models are in. */
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ModelError } from "../../base/errors.ts";
import type { BertConfig } from "../../models/bert/index.ts";
import { loadBert, loadChexbert, loadRadgraph } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { loadEncoderTokenizer } from "../../text/node/index.ts";
import { baselines } from "../bertscore/baselines.ts";
import { bertScore } from "../bertscore/bertscore.ts";
import type { EncoderModel } from "../encoder/sequence-encoder.ts";
import { f1Chexbert } from "../f1chexbert/f1chexbert.ts";
import type { RadgraphParts } from "../f1radgraph/annotate.ts";
import { f1Radgraph } from "../f1radgraph/f1radgraph.ts";
import type { CaseRule } from "../f1radgraph/rewards.ts";
import type { WeightedFamily } from "../families.ts";
import type { Metric } from "../metric.ts";
import type { ProfileName } from "../profiles.ts";
import type { MemoryFolder } from "./memory-folder.ts";

/** Where the models are; what is absent is not computed. */
export interface ModelFolders {
  /** A folder of distilbert-base-uncased. */
  readonly bertscore?: string | undefined;
  /** A folder with chexbert.pth, or with the same weights as safetensors. */
  readonly chexbert?: string | undefined;
  /** The folder with the tokenizer of bert-base-uncased; CheXbert's own when absent. */
  readonly chexbertTokenizer?: string | undefined;
  /** radgraph-xl.tar.gz, or a folder with it or with its content. */
  readonly radgraph?: string | undefined;
  /** The folder of RadGraph's encoder: its tokenizer and its config.json; `encoder` beside the archive when absent. */
  readonly radgraphEncoder?: string | undefined;
  /** Where unpacked archives are kept from one run to the next; nowhere when absent. */
  readonly unpacked?: string | undefined;
  /** BERTScore takes an encoder of other sizes, and says so in its details: to try things out, the numbers mean nothing. */
  readonly trial?: boolean;
}

/** What the profiles say of BERTScore (METRICS §7.1), and the sizes of the model that the baselines belong to. */
const bertscoreModel = {
  name: "distilbert-base-uncased",
  layer: 5,
  sizes: { family: "distilbert", layers: 6, width: 768, heads: 12, innerWidth: 3072, vocabularySize: 30522 },
} as const;

export interface WeightedOptions {
  /** Of F1RadGraph. */
  readonly caseRule?: CaseRule;
  /** Where what the models read is kept; nowhere when absent. */
  readonly memories?: MemoryFolder;
}

/**
 * The metrics whose models are given, for `evaluate`. Models are read when a metric measures, and not held afterwards.
 */
export function weightedMetrics(
  profile: ProfileName,
  folders: ModelFolders,
  runtime: Runtime,
  { caseRule = "0.1.18", memories }: WeightedOptions = {},
): Map<WeightedFamily, Metric> {
  const style = profile === "radeval" ? "radeval" : "authors";
  const { bertscore, chexbert, chexbertTokenizer, radgraph, radgraphEncoder, unpacked, trial = false } = folders;
  const metrics = new Map<WeightedFamily, Metric>();
  const memoryOf = (family: WeightedFamily, places: readonly (string | undefined)[], settings = "") => {
    if (memories === undefined) return {};
    const given = places.filter((place) => place !== undefined);
    return { memory: () => memories.open(family, given, settings) };
  };
  if (bertscore !== undefined) {
    const { name, layer } = bertscoreModel;
    const baseline = baselines[name]![layer]!;
    const load = () => loadBertscoreModel(bertscore, trial);
    const memory = memoryOf("BERTScore", [bertscore], JSON.stringify({ layer, baseline }));
    metrics.set("BERTScore", bertScore({ runtime, load, layer, baseline, ...memory }));
  }
  if (chexbert !== undefined) {
    const load = () => loadChexbertModel(chexbert, chexbertTokenizer ?? chexbert);
    const memory = memoryOf("F1CheXbert", [chexbert, chexbertTokenizer]);
    metrics.set("F1CheXbert", f1Chexbert(style, { runtime, load, ...memory }));
  }
  if (radgraph !== undefined) {
    const load = () => loadRadgraphModel(radgraph, radgraphEncoder, unpacked);
    const inside = ["vocabulary", "encoder"].map((name) => join(radgraph, name));
    // An archive's tokenizer stands beside it, in a folder of its own or not.
    const beside = ["encoder", "tokenizer.json", "tokenizer_config.json", "vocab.txt"];
    const encoder =
      radgraphEncoder === undefined ? beside.map((name) => join(dirname(radgraph), name)) : [radgraphEncoder];
    const memory = memoryOf("F1RadGraph", [radgraph, ...inside, ...encoder]);
    metrics.set("F1RadGraph", f1Radgraph(style, { runtime, load, caseRule, ...memory }));
  }
  return metrics;
}

async function loadBertscoreModel(dir: string, trial: boolean): Promise<EncoderModel> {
  const { name, layer } = bertscoreModel;
  const remedy = `Get it with \`regionformer models pull distilbert/${name}\`.`;
  const { config, weights } = await loadBert(dir, { layers: layer });
  checkEncoder(config, dir, trial, remedy);
  return { config, weights, tokenizer: await loadEncoderTokenizer(dir, config.vocabularySize, remedy) };
}

/** A baseline holds for one model: with another one the rescaled score would look like BERTScore and be none. */
function checkEncoder(config: BertConfig, dir: string, trial: boolean, remedy: string): void {
  const { name, sizes } = bertscoreModel;
  const names = Object.keys(sizes) as (keyof typeof sizes)[];
  const wrong = names.filter((size) => config[size] !== sizes[size] && (!trial || size === "family"));
  if (wrong.length === 0) return;
  const listed = (of: Readonly<Record<keyof typeof sizes, string | number>>) =>
    wrong.map((size) => (size === "family" ? of[size] : `${size} ${of[size]}`)).join(", ");
  throw new ModelError("The folder holds another encoder than the profile's, whose baseline scores are rescaled by.", {
    where: dir,
    expected: `${name}: ${listed(sizes)}`,
    found: listed(config),
    remedy,
  });
}

async function loadChexbertModel(dir: string, tokenizerDir: string): Promise<EncoderModel> {
  const { config, weights } = await loadChexbert(dir);
  const remedy =
    "CheXbert reads with the tokenizer of bert-base-uncased: get it with `regionformer models pull " +
    "google-bert/bert-base-uncased --file vocab.txt` and name its folder with --chexbert-tokenizer.";
  return { config, weights, tokenizer: await loadEncoderTokenizer(tokenizerDir, config.vocabularySize, remedy) };
}

async function loadRadgraphModel(
  path: string,
  encoderDir: string | undefined,
  unpacked: string | undefined,
): Promise<RadgraphParts> {
  const { config, encoderWeights, weights, home, encoderName } = await loadRadgraph(path, { encoderDir, unpacked });
  const beside = join(home, "encoder");
  const tokenizerDir = encoderDir ?? ((await stat(beside).catch(() => undefined)) === undefined ? home : beside);
  const remedy =
    `This RadGraph reads with the tokenizer of ${encoderName}: get it with \`regionformer models pull ${encoderName} ` +
    "--file vocab.txt` and name its folder with --radgraph-encoder.";
  const tokenizer = await loadEncoderTokenizer(tokenizerDir, config.encoder.vocabularySize, remedy);
  return { config, encoderWeights, weights, tokenizer };
}
