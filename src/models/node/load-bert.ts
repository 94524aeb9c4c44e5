import type { Weights } from "../../weights/index.ts";
import { openModelFolder, readWeights } from "../../weights/node/index.ts";
import { type BertConfig, bertShapes, bertStoredName, type EncodeOptions, parseBertConfig } from "../bert/index.ts";

export interface BertModel {
  readonly config: BertConfig;
  /** Under their official names without the model's own in front, `embeddings.*`. */
  readonly weights: Weights;
}

/**
 * Reads a folder of BERT, DistilBERT or RoBERTa.
 * @param options what will be computed: nothing else is read
 * @throws ModelError when the folder holds another model, or weights that do not fit it
 */
export async function loadBert(dir: string, options: Pick<EncodeOptions, "layers"> = {}): Promise<BertModel> {
  const folder = await openModelFolder(dir);
  const config = parseBertConfig(folder.config, folder.configPath);
  const layers = Math.min(options.layers ?? config.layers, config.layers);
  const shapes = bertShapes(config, { ...options, layers });
  return { config, weights: await readWeights(folder, shapes, bertStoredName(folder.entries)) };
}
