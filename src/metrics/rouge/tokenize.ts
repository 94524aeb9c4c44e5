import { porterStem } from "./porter-stemmer.ts";

/** rouge_score's tokens: lower case, only a-z and 0-9, words of more than three letters stemmed (METRICS §2.1). */
export class Tokenizer {
  /** Reports use few words many times; each is stemmed once. */
  readonly #stems = new Map<string, string>();

  tokens(text: string): string[] {
    const words = text.toLowerCase().split(/[^a-z0-9]+/);
    return words.filter((word) => word !== "").map((word) => (word.length > 3 ? this.#stem(word) : word));
  }

  #stem(word: string): string {
    const known = this.#stems.get(word);
    if (known !== undefined) return known;
    const stem = porterStem(word);
    this.#stems.set(word, stem);
    return stem;
  }
}
