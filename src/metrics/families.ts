/** The families of metrics: which are words alone, and where the weights of the others come from. */

/** Families with weights: columns in each profile's table are the metric's own business. */
export const weightedFamilies = {
  BERTScore: {
    weights: "distilbert-base-uncased",
    remedy: "regionformer models pull distilbert/distilbert-base-uncased",
    flag: "--bertscore-model",
  },
  F1CheXbert: {
    weights: "chexbert.pth",
    remedy: "regionformer models pull StanfordAIMI/RRG_scorers --file chexbert.pth",
    flag: "--chexbert-model",
  },
  F1RadGraph: {
    weights: "radgraph-xl.tar.gz",
    remedy: "regionformer models pull StanfordAIMI/RRG_scorers --file radgraph-xl.tar.gz",
    flag: "--radgraph-model",
  },
} as const;

export type WeightedFamily = keyof typeof weightedFamilies;

/** The sentence of a family whose weights were not given. */
export function missingWeights(family: WeightedFamily): string {
  const { weights, remedy, flag } = weightedFamilies[family];
  return `weights of ${weights} missing, get them with \`${remedy}\` and name the folder with ${flag}`;
}
