/** Python's own names in pickles of data. */
import { allow, type PickleKey, type PickleValue } from "./values.ts";

/** `OrderedDict()` or `OrderedDict([[key, value], …])`. */
function orderedDict([pairs, ...surplus]: readonly PickleValue[]): Map<PickleKey, PickleValue> | undefined {
  if (surplus.length > 0 || (pairs !== undefined && !Array.isArray(pairs))) return undefined;
  const dict = new Map<PickleKey, PickleValue>();
  for (const pair of pairs ?? []) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined;
    const [key, value] = pair as [PickleValue, PickleValue];
    if (typeof key === "object" && key !== null) return undefined;
    dict.set(key, value);
  }
  return dict;
}

/** `_codecs.encode(text, "latin1")`: bytes in protocol 2, which has none. */
function encode([text, codec]: readonly PickleValue[]): Uint8Array | undefined {
  if (typeof text !== "string" || (codec !== "latin1" && codec !== "latin-1")) return undefined;
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return [...text].every((character) => character.charCodeAt(0) < 256) ? bytes : undefined;
}

/** `bytes()` is how protocol 2 writes no bytes at all. */
const noBytes = (args: readonly PickleValue[]) => (args.length === 0 ? new Uint8Array() : undefined);

export const pythonGlobals = allow({
  "collections OrderedDict": orderedDict,
  "_codecs encode": encode,
  "__builtin__ bytes": noBytes,
  "builtins bytes": noBytes,
});
