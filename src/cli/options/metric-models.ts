/** Where the models of the metrics with weights are. */
import { z } from "zod";

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
