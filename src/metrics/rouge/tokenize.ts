import { porterStem } from "./porter-stemmer.ts";

/** rouge_score's tokens: lower case, only a-z and 0-9, words of more than three letters stemmed (METRICS §2.1). */
export function rougeTokens(text: string): string[] {
  const words = text.toLowerCase().split(/[^a-z0-9]+/);
  return words.filter((word) => word !== "").map((word) => (word.length > 3 ? porterStem(word) : word));
}
