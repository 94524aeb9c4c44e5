/** Finds where rows end, as csv-parse sees them, in a text that comes in pieces. */
export class RowEnds {
  #isCellStart = true;
  #isQuoted = false;
  /** The last character was a quote within a quoted cell: the next one says what it means. */
  #isAfterQuote = false;

  /** Index behind the last line feed that ends a row, 0 when none does. Every character is shown once, in order. */
  lastIn(text: string): number {
    let end = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!;
      if (this.#isAfterQuote) {
        this.#isAfterQuote = false;
        if (character === '"') continue;
        this.#isQuoted = false;
      }
      if (this.#isQuoted) this.#isAfterQuote = character === '"';
      else if (character === '"') this.#isQuoted = this.#isCellStart;
      if (!this.#isQuoted && character === "\n") end = at + 1;
      // A byte-order mark is no part of the first cell.
      if (character !== "\uFEFF") this.#isCellStart = !this.#isQuoted && (character === "," || character === "\n");
    }
    return end;
  }
}
