import { type PatchMap, patchesAcross, replacePatches } from "../patch-map.ts";
import { baselineOf, pixelsOf, type Stream, type Subject, scoreOf } from "../subject.ts";
import type { ExplainedSystem, SystemRow } from "../system.ts";
import type { Attribution, Method, MethodOptions } from "./attribution.ts";

/** A window of one stream covered. */
interface Cover {
  readonly stream: Stream;
  readonly patches: ReadonlySet<number>;
}

/** Every place of a window of `window` × `window` patches, in each stream. */
function covers(streams: readonly Stream[], side: number, window: number): Cover[] {
  const width = Math.min(window, side);
  const places = side - width + 1;
  return streams.flatMap((stream) =>
    Array.from({ length: places * places }, (_, place) => {
      const [top, left] = [Math.floor(place / places), place % places];
      const patches = Array.from(
        { length: width * width },
        (_, k) => (top + Math.floor(k / width)) * side + left + (k % width),
      );
      return { stream, patches: new Set(patches) };
    }),
  );
}

/** Log-probabilities of a subject's tokens as it is, and under each cover. */
async function scores(
  system: ExplainedSystem,
  subject: Subject,
  all: readonly Cover[],
  { baseline }: MethodOptions,
): Promise<{ readonly whole: Float32Array; readonly covered: readonly Float32Array[] }> {
  const { imageSide, patchSize, batchSize } = system;
  const [x, x0] = [pixelsOf(subject), baselineOf(subject, baseline)];
  const { tokens } = subject;
  const [whole] = await system.score([{ pixels: x, tokens }]);
  const covered: Float32Array[] = [];
  for (let start = 0; start < all.length; start += batchSize) {
    const rows = all.slice(start, start + batchSize).map(({ stream, patches }): SystemRow => {
      const changed = replacePatches(x[stream], x0[stream], imageSide, patchSize, (patch) => patches.has(patch));
      return { pixels: { ...x, [stream]: changed }, tokens };
    });
    covered.push(...(await system.score(rows)));
  }
  return { whole: whole!, covered };
}

/**
 * Occlusion (Zeiler and Fergus, 2014): what the score loses when a window of patches becomes the baseline, one stream at a time. A
 * patch under several windows gets their mean. All targets of a subject are answered by the same runs.
 */
export const occlusion: Method = async (system, questions, options) => {
  const side = patchesAcross(system.config.encoder);
  const all = covers(system.streams, side, options.window);
  const bySubject = new Map<Subject, Awaited<ReturnType<typeof scores>>>();
  for (const { subject } of questions) {
    if (!bySubject.has(subject)) bySubject.set(subject, await scores(system, subject, all, options));
  }
  return questions.map((question): Attribution => {
    const { whole, covered } = bySubject.get(question.subject)!;
    const score = scoreOf(question, whole);
    const losses = covered.map((logProbabilities) => score - scoreOf(question, logProbabilities));
    const maps = system.streams.map((stream) => [stream, meanLoss(stream, all, losses, side)] as const);
    return { method: "occlusion", maps: new Map(maps), score };
  });
};

function meanLoss(stream: Stream, all: readonly Cover[], losses: readonly number[], side: number): PatchMap {
  const [sums, counts] = [new Float64Array(side * side), new Float64Array(side * side)];
  all.forEach((cover, i) => {
    if (cover.stream !== stream) return;
    for (const patch of cover.patches) {
      sums[patch]! += losses[i]!;
      counts[patch]!++;
    }
  });
  return { side, values: sums.map((sum, patch) => sum / counts[patch]!) };
}
