/** Reports to classes: CheXbert on the engine. */
import { type Reporter, silentReporter } from "../../base/reporter.ts";
import { longestText } from "../../models/bert/index.ts";
import { chexbertGraph, chexbertHeads } from "../../models/chexbert/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { pythonSplit, withEnds } from "../../text/index.ts";
import { type EncoderModel, SequenceEncoder } from "../encoder/sequence-encoder.ts";

export interface ChexbertOptions {
  readonly runtime: Runtime;
  /** Reads the model. Called by every measurement, so that its memory is not held between them. */
  readonly load: () => Promise<EncoderModel>;
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
  { runtime, load }: ChexbertOptions,
  reporter: Reporter = silentReporter,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const model = await load();
  const distinct = [...new Set(texts)];
  const classes = new Map<string, Uint8Array>();
  const longest = Math.min(longestReport, longestText(model.config));
  await using encoder = new SequenceEncoder(runtime, model, (shape) => chexbertGraph(model.config, shape));
  const progress = reporter.progress("F1CheXbert", distinct.length);
  for (let start = 0; start < distinct.length; start += groupSize) {
    const group = distinct.slice(start, start + groupSize);
    const sequences = group.map((text) => {
      const words = pythonSplit(text).join(" "); // white space that the tokenizer would not see is a space, too
      return withEnds(model.tokenizer, model.tokenizer.pieces(words), longest);
    });
    await encoder.encode(sequences, (i, logits) => classes.set(group[i]!, classesOf(logits)), reporter);
    progress.advance(group.length);
  }
  progress.done();
  return classes;
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
