/** Reports to classes: CheXbert on the engine. */
import { type Reporter, silentReporter } from "../../base/reporter.ts";
import { longestText } from "../../models/bert/index.ts";
import { chexbertGraph, chexbertHeads } from "../../models/chexbert/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { pythonSplit, withEnds } from "../../text/index.ts";
import { type EncoderModel, SequenceEncoder } from "../encoder/sequence-encoder.ts";
import type { OpenMemory } from "../memory.ts";

export interface ChexbertOptions {
  readonly runtime: Runtime;
  /** Reads the model. Called by every measurement, so that its memory is not held between them. */
  readonly load: () => Promise<EncoderModel>;
  /** Of this model's classes; without it every text is read. */
  readonly memory?: OpenMemory;
}

/** What the original cuts reports to, start and end among them. */
const longestReport = 512;

/** Reports encoded together: what is held at a time does not grow with the set. */
const groupSize = 4096;

/**
 * The class of each label, an index of `chexbertClasses`, for every text; equal texts are read once.
 * @returns [14] by text
 */
export async function classifyReports(
  texts: Iterable<string>,
  { runtime, load, memory: openMemory }: ChexbertOptions,
  reporter: Reporter = silentReporter,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const memory = await openMemory?.();
  const classes = new Map<string, Uint8Array>();
  const missing: string[] = [];
  for (const text of new Set(texts)) {
    const known = knownClasses(memory?.get(text));
    if (known === undefined) missing.push(text);
    else classes.set(text, known);
  }
  if (missing.length === 0) return classes;
  const model = await load();
  const longest = Math.min(longestReport, longestText(model.config));
  await using encoder = new SequenceEncoder(runtime, model, (shape) => chexbertGraph(model.config, shape));
  const progress = reporter.progress("F1CheXbert", missing.length);
  for (let start = 0; start < missing.length; start += groupSize) {
    const group = missing.slice(start, start + groupSize);
    const sequences = group.map((text) => {
      const words = pythonSplit(text).join(" "); // white space that the tokenizer would not see is a space, too
      return withEnds(model.tokenizer, model.tokenizer.pieces(words), longest);
    });
    await encoder.encode(sequences, (i, logits) => classes.set(group[i]!, classesOf(logits)), reporter);
    await memory?.add(group.map((text) => [text, [...classes.get(text)!]]));
    progress.advance(group.length);
  }
  progress.done();
  return classes;
}

/** What a memory has of a text; undefined when it has nothing, or something else. */
function knownClasses(reading: unknown): Uint8Array | undefined {
  const isClass = (value: unknown, head: number) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < chexbertHeads[head]!;
  const isWhole = Array.isArray(reading) && reading.length === chexbertHeads.length && reading.every(isClass);
  return isWhole ? Uint8Array.from(reading as number[]) : undefined;
}

/** The largest logit of each head; of equal ones the first. */
function classesOf(logits: Float32Array): Uint8Array {
  let start = 0;
  return Uint8Array.from(chexbertHeads, (size) => {
    const head = logits.subarray(start, start + size);
    start += size;
    return head.indexOf(head.reduce((most, value) => Math.max(most, value)));
  });
}
