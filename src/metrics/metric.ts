/** The contract of every metric: pairs in, values for the corpus and for each item out. */

/** One generated text and what it should say. */
export interface Pair {
  readonly hypothesis: string;
  /** At least one. */
  readonly references: readonly string[];
}

/** Values of one column of the table, such as BLEU-1. */
export interface ColumnScores {
  /** Value of the whole corpus: not always the mean of the items (BLEU). */
  readonly corpus: number;
  /** One value per pair, in order. */
  readonly items: readonly number[];
}

export interface Metric {
  /** Name of the family: "BLEU". */
  readonly name: string;
  /** Names of its columns, in the table's order. */
  readonly columns: readonly string[];
  /**
   * @param pairs at least one
   * @returns scores by column
   * @throws DataError when the metric is not defined for these pairs
   */
  score(pairs: readonly Pair[]): ReadonlyMap<string, ColumnScores>;
}
