/** Reports to words as the radgraph package splits them (METRICS §9.4). Case stays. */
import { pythonSplit } from "../../text/index.ts";

/** Where the first model puts a space: beside each of these signs that has none. */
const besideSigns = /(?<! )(?=[/,:.!?()])|(?<=[/,:.!?()])(?! )/gu;

/** What the later models write as spaces or quotes before they split: remains of escapes in their training data. */
const escapes: readonly (readonly [string, string])[] = [
  ["\\n", "  "],
  ["\\f", "  "],
  ["\\u2122", "      "],
  ["\n", " "],
  ['\\"', "``"],
];

/** Runs of letters, digits and underscores, or of anything else. */
const runs = /[\p{L}\p{N}_]+|[^\p{L}\p{N}_]+/gu;

/** Signs that are parted again after the split, in this order. */
const parted: readonly (readonly [string, string])[] = [
  [").", ") ."],
  ["%.", "% ."],
  [".'", ". '"],
  ["%,", "% ,"],
  ["%)", "% )"],
];

function replaceAll(text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
}

/** @param modelType the first model, `radgraph`, has a rule of its own; all others share one */
export function radgraphWords(text: string, modelType: string): string[] {
  if (modelType === "radgraph") return pythonSplit(text.replace(besideSigns, " "));
  const words = pythonSplit(replaceAll(text, escapes)).flatMap((word) => word.match(runs) ?? []);
  return pythonSplit(replaceAll(words.join(" "), parted));
}
