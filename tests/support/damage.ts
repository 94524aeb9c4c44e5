/** Damage to files, chosen by a seed: what a fuzz test gives to a reader. */
import type { Random } from "../../src/base/random.ts";

/** What formats of text have a meaning for, and what they have none for. */
const oddTexts = [
  ...["", '"', "'", "{", "}", "[", "]", ",", ":", "\n", "\r", "\\", "<", "&", "*a", "- ", "\t", "#"],
  ...["\u0000", "\uFEFF", "é", "1e999", "-1", "null", "NaN", "true", "9007199254740993", "__proto__"],
];

/** A few places of a text exchanged for something odd. */
function damagedText(text: string, random: Random): string {
  let result = text;
  for (let k = random.integer(3); k >= 0; k--) {
    const at = random.integer(result.length + 1);
    result = result.slice(0, at) + random.choose(oddTexts) + result.slice(at + random.integer(8));
  }
  return result;
}

/** A few bytes changed, a piece put twice, or the end missing. */
function damagedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const result = Buffer.from(bytes);
  const at = random.integer(result.length);
  switch (random.integer(6)) {
    case 0:
      return result.subarray(0, at);
    case 1:
      return Buffer.concat([result.subarray(0, at), result.subarray(Math.max(0, at - random.integer(64)))]);
    default:
      // Headers and directories stand at the ends.
      for (let k = random.integer(4); k >= 0; k--) {
        const near = random.integer(Math.min(result.length, 300));
        const place = [at, near, result.length - 1 - near][random.integer(3)]!;
        result[place] = random.choose([0, 1, 255, random.integer(256)]);
      }
      return result;
  }
}

export function damaged(content: string | Uint8Array, random: Random): Uint8Array {
  return typeof content === "string" ? Buffer.from(damagedText(content, random)) : damagedBytes(content, random);
}
