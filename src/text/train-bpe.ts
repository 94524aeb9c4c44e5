/** Learning a byte-level BPE from sentences. */
import { UsageError } from "../base/errors.ts";
import { type ByteLevelBpe, byteCharacters, bytesAsCharacters, endOfText, wordPattern } from "./byte-level.ts";

interface Word {
  parts: string[];
  readonly count: number;
}

function countWords(texts: Iterable<string>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of text.matchAll(new RegExp(wordPattern, "gu"))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => ({ parts: [...bytesAsCharacters(word)], count }));
}

/** The most frequent pair of neighbours; among equals the first in the order of their characters. */
function bestPair(words: readonly Word[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { parts, count } of words) {
    for (let i = 1; i < parts.length; i++) {
      const pair = `${parts[i - 1]} ${parts[i]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  }
  let best: string | undefined;
  let most = 0;
  for (const [pair, count] of counts) {
    if (count > most || (count === most && pair < best!)) [best, most] = [pair, count];
  }
  return best;
}

function merge({ parts }: Word, left: string, right: string): string[] {
  const merged: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const isPair = parts[i] === left && parts[i + 1] === right;
    merged.push(isPair ? left + right : parts[i]!);
    if (isPair) i++;
  }
  return merged;
}

/**
 * A byte-level BPE with GPT-2's split into words: 256 bytes, then merges by frequency, last the end-of-text token.
 * @param vocabularySize most tokens; fewer when every word of the texts has become one token before
 * @throws UsageError when the size leaves no room for the bytes and the end of text
 */
export function trainByteLevelBpe(texts: Iterable<string>, vocabularySize: number): ByteLevelBpe {
  const least = byteCharacters.length + 1;
  if (vocabularySize < least) {
    throw new UsageError("The vocabulary is too small.", {
      where: "vocabulary size",
      expected: `at least ${least}: the bytes and the end of text`,
      found: `${vocabularySize}`,
    });
  }
  const words = countWords(texts);
  const tokens = [...byteCharacters];
  const merges: string[] = [];
  while (tokens.length < vocabularySize - 1) {
    const pair = bestPair(words);
    if (pair === undefined) break;
    const [left, right] = pair.split(" ") as [string, string];
    for (const word of words) word.parts = merge(word, left, right);
    tokens.push(left + right);
    merges.push(pair);
  }
  const vocabulary = Object.fromEntries([...tokens, endOfText].map((token, id) => [token, id]));
  return { vocabulary, merges };
}
