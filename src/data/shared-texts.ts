/** One copy of what occurs again and again in a data set: labels, places, frequent sentences, empty lists. */

/** Different texts that are remembered: more than there are labels and standard sentences, less than a large set has sentences. */
const mostTexts = 50_000;
/** Longer ones are free text, which hardly ever repeats. */
const longestText = 200;

const nothing: readonly never[] = Object.freeze([]);

export class SharedTexts {
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, readonly string[]>();

  text(text: string): string {
    if (text.length > longestText) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size < mostTexts) this.#texts.set(text, text);
    return text;
  }

  /** Lists of labels and places repeat as whole lists. */
  texts(texts: readonly string[]): readonly string[] {
    if (texts.length === 0) return nothing;
    const key = JSON.stringify(texts);
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const list = Object.freeze(texts.map((text) => this.text(text)));
    if (this.#lists.size < mostTexts && key.length <= longestText) this.#lists.set(key, list);
    return list;
  }

  list<T>(items: readonly T[]): readonly T[] {
    return items.length === 0 ? nothing : items;
  }
}
