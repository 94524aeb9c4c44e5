/** Hugging Face's tokenizers on their JavaScript library, with the steps in which it differs from the Rust one spelt out. */
import { Tokenizer as HubTokenizer } from "@huggingface/tokenizers";
import { ModelError } from "../base/errors.ts";
import { wordPattern } from "./byte-level.ts";

/** One step of a tokenizer.json. */
type Step = Readonly<Record<string, unknown>>;

/** The ideographs that BERT takes for words of their own. */
const ideographs = [
  "\\u4e00-\\u9fff\\u3400-\\u4dbf\\uf900-\\ufaff",
  "\\u{20000}-\\u{2a6df}\\u{2a700}-\\u{2ceaf}\\u{2f800}-\\u{2fa1f}",
].join("");

/**
 * @param definition the parsed `tokenizer.json`
 * @param config the parsed `tokenizer_config.json`, `{}` where there is none
 * @param where the file, for errors
 * @throws ModelError when the definition cannot be used
 */
export function buildHubTokenizer(definition: object, config: object, where: string): HubTokenizer {
  try {
    return new HubTokenizer(withBertSteps(withUnicodeSpaces(definition)), config);
  } catch (error) {
    throw new ModelError(
      "The tokenizer cannot be used.",
      {
        where,
        expected: "a tokenizer.json of Hugging Face's tokenizers",
        found: error instanceof Error ? error.message : "an unknown error",
      },
      { cause: error },
    );
  }
}

/** Token ids are 0 … size - 1. */
export function vocabularySizeOf(hub: HubTokenizer): number {
  return 1 + [...hub.get_vocab().values()].reduce((most, id) => Math.max(most, id), -1);
}

/**
 * The library's ByteLevel splits words at JavaScript's white space, which differs from Unicode's at U+0085 and U+FEFF;
 * its Split with a pattern does not. So the two steps that ByteLevel is are spelt out.
 */
function withUnicodeSpaces(definition: object): object {
  const { pre_tokenizer: step } = definition as { pre_tokenizer?: Step | null };
  if (step?.type !== "ByteLevel" || step.use_regex === false || step.add_prefix_space === true) return definition;
  const split = { type: "Split", pattern: { Regex: wordPattern }, behavior: "Isolated", invert: false };
  return { ...definition, pre_tokenizer: { type: "Sequence", pretokenizers: [split, { ...step, use_regex: false }] } };
}

/**
 * The library's BertNormalizer does not see ideographs beyond U+FFFF, and lower-cases
 * a final sigma as Greek does. So its steps are spelt out (METRICS §6.1): clean, ideographs, accents, case.
 */
function withBertSteps(definition: object): object {
  const { normalizer } = definition as { normalizer?: Step | null };
  if (normalizer?.type !== "BertNormalizer") return definition;
  const { clean_text: cleans, handle_chinese_chars: separates, lowercase, strip_accents: strips } = normalizer;
  const steps: Step[] = [];
  if (cleans !== false) {
    steps.push(replace("[\\t\\n\\r\\p{Z}]", " "), replace("[\\u{fffd}\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}]", ""));
  }
  if (separates !== false) steps.push(replace(`[${ideographs}]`, " $& "));
  if (strips ?? lowercase) steps.push({ type: "NFD" }, replace("\\p{Mn}", ""));
  if (lowercase === true) steps.push(replace("Σ", "σ"), { type: "Lowercase" });
  return { ...definition, normalizer: { type: "Sequence", normalizers: steps } };
}

function replace(pattern: string, content: string): Step {
  return { type: "Replace", pattern: { Regex: pattern }, content };
}
