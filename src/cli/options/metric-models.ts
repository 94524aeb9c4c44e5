/** Where the models of the metrics with weights are. */
import { join } from "node:path";
import { z } from "zod";
import {
  type Metric,
  type ProfileName,
  type WeightedFamily,
  weightedFamilies,
  weightedFamiliesOf,
} from "../../metrics/index.ts";
import { type MemoryFolder, weightedMetrics } from "../../metrics/node/index.ts";
import { openRuntime } from "../../runtime/node/index.ts";
import { hubSettings } from "../../weights/node/index.ts";
import type { Context } from "../framework/index.ts";

const place = (what: string) => z.string().optional().describe(what);

export const metricModelOptions = {
  bertscoreModel: place("Folder of distilbert-base-uncased, for BERTScore"),
  chexbertModel: place("Folder with chexbert.pth or its weights as safetensors, for F1CheXbert"),
  chexbertTokenizer: place("Folder with the tokenizer of bert-base-uncased; CheXbert's own folder when absent"),
  radgraphModel: place("radgraph-xl.tar.gz or its folder, for F1RadGraph"),
  radgraphEncoder: place("Folder with the tokenizer of RadGraph's encoder; encoder/ beside the archive when absent"),
  radgraphCase: z
    .enum(["0.1.18", "2026-05"])
    .default("0.1.18")
    .describe("Version of radgraph that decides whether Heart is heart: no, or since May 2026 yes"),
  trialModels: z
    .boolean()
    .default(false)
    .describe("Accept a BERTScore encoder of other sizes than the published one, to try things out"),
};

type Settings = Readonly<z.output<z.ZodObject<typeof metricModelOptions>>> & { readonly threads?: number | undefined };

/**
 * The metrics with weights whose models were named: made once for all texts, so that they share cached references.
 * @param log told about models that the profile has no metric for
 * @param memories where what the models read is kept from one run to the next
 */
export async function modelMetrics(
  profile: ProfileName,
  settings: Settings,
  log: Context["log"],
  memories?: MemoryFolder,
): Promise<ReadonlyMap<WeightedFamily, Metric>> {
  const { cacheDir } = await hubSettings(process.env);
  const folders = {
    bertscore: settings.bertscoreModel,
    chexbert: settings.chexbertModel,
    chexbertTokenizer: settings.chexbertTokenizer,
    radgraph: settings.radgraphModel,
    radgraphEncoder: settings.radgraphEncoder,
    unpacked: join(cacheDir, ".regionformer-unpacked"),
    trial: settings.trialModels,
  };
  const given = { BERTScore: folders.bertscore, F1CheXbert: folders.chexbert, F1RadGraph: folders.radgraph };
  for (const family of Object.keys(given) as WeightedFamily[]) {
    if (given[family] === undefined || weightedFamiliesOf(profile).includes(family)) continue;
    log.warn(`profile ${profile} has no ${family}: ${weightedFamilies[family].flag} is not used`);
  }
  return weightedMetrics(profile, folders, openRuntime({ threads: settings.threads }), {
    caseRule: settings.radgraphCase,
    ...(memories && { memories }),
  });
}
