/** GPT-2 of every size against transformers, from a file that is read tensor by tensor; with and without the cache. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HostArray, int64, type Shape } from "../../src/base/arrays.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { Decoder } from "../../src/generate/decoder.ts";
import { Graph, ops } from "../../src/graph/index.ts";
import {
  decode,
  decoderPrefix,
  embedTokens,
  gpt2Shapes,
  outputLogits,
  parseGpt2Config,
} from "../../src/models/gpt2/index.ts";
import { type DecoderModel, loadDecoder } from "../../src/models/node/index.ts";
import { Params } from "../../src/nn/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { writeModelFolder } from "../../src/weights/node/index.ts";
import { expectClose, expectWithin } from "../support/expect-close.ts";
import { chosen, logPeak } from "../support/full-size.ts";
import { readGolden } from "../support/golden.ts";
import { portableTensor, portableValues } from "../support/portable.ts";
import { runModule } from "../support/run-program.ts";

interface Case {
  readonly seed: string;
  readonly config: JsonObject;
  readonly prefix: { readonly name: string; readonly shape: [number, number, number] };
  readonly numbers: number;
}
interface Manifest {
  readonly tokens: number[];
  readonly positions: number[];
  readonly stride: number;
  readonly cases: Case[];
}

const runtime = openRuntime();
const golden = readGolden<Manifest>("decoders-full");
const { tokens, positions, stride } = golden.manifest;
const loader = fileURLToPath(new URL("../support/load-decoder.mjs", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "decoders-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes the portable model to disk, one tensor in memory at a time. */
async function write({ seed, config }: Case): Promise<void> {
  const json = { model_type: "gpt2", ...config };
  const tensors = [...gpt2Shapes(parseGpt2Config(json, seed))].map(([name, shape]) => ({
    name,
    dtype: "float32" as const,
    shape,
    data: () => portableTensor(`${seed}/${name}`, shape).data,
  }));
  await writeModelFolder(folder, { "config.json": json }, tensors);
}

/** Logits [S, V] of the whole sequence at once; logarithms of probabilities where asked for. */
async function whole({ config, weights }: DecoderModel, prefix: HostArray, ids: readonly number[], asLog: boolean) {
  const graph = new Graph("whole");
  const outputs = new Params(graph).in(decoderPrefix, (p) => {
    const caption = embedTokens(p, config, graph.input("tokens", "int64", [1, ids.length]));
    const embeds = ops.concat([graph.input("prefix", "float32", prefix.shape), caption], 1);
    const hidden = ops.reshape(decode(p, config, embeds), [-1, config.width]);
    const logits = outputLogits(p, config, hidden);
    return asLog ? ops.logSoftmax(logits) : logits;
  });
  await using session = await runtime.compile({ outputs }, { weights });
  const feeds = new Map<string, HostArray>([
    ["prefix", prefix],
    ["tokens", int64([1, ids.length], ids)],
  ]);
  return (await session.run(feeds)).get("outputs") as { shape: Shape; data: Float32Array };
}

describe("full-size decoders", () => {
  const cases = chosen(golden.manifest.cases, ["gpt2-large", "gpt2-xl"]);

  it.each(cases.map((c) => [c.seed, c] as const))("%s", async (seed, full) => {
    await write(full);
    // Every tensor once, no second copy of the file: a quarter of a gigabyte is Node and the program.
    const loading = await runModule(loader, folder);
    expect(loading.stderr).toBe("");
    expect(Number(loading.stdout)).toBe(4 * full.numbers);
    const weightsGigabytes = (4 * full.numbers) / 1e9;
    console.log(
      `${seed}: ${weightsGigabytes.toFixed(2)} GB read with a peak of ${loading.peakGigabytes.toFixed(2)} GB`,
    );
    expect(loading.peakGigabytes).toBeGreaterThan(weightsGigabytes); // it was measured
    expect(loading.peakGigabytes).toBeLessThan(weightsGigabytes + 0.25);
    const model = await loadDecoder(folder);
    const prefix = portableValues(full.prefix.name, full.prefix.shape);
    const P = full.prefix.shape[1];
    const V = model.config.vocabularySize;

    const logits = await whole(model, prefix, tokens, false);
    const asked = positions.flatMap((position) =>
      [...logits.data.subarray(position * V, (position + 1) * V)].filter((_, id) => id % stride === 0),
    );
    expectWithin(asked, golden.array(`${seed}/logits`).data, "logit");

    const shape = { rows: 1, beams: 4, prefixLength: P, maxTokens: tokens.length + 1, temperature: 1 };
    await using decoder = await Decoder.open(runtime, model.config, model.weights, shape);
    const steps = [await decoder.start(prefix)];
    for (const token of tokens) steps.push(await decoder.advance([token, token, token, token], [0, 0, 0, 0]));
    const logs = await whole(model, prefix, tokens, true);
    for (const [i, [best]] of steps.entries()) {
      const row = logs.data.subarray((P - 1 + i) * V, (P + i) * V);
      const expected = best!.ids.map((id) => row[id]!);
      expectClose(best!.logProbabilities, expected, "float32Engine", `after ${i} tokens`);
      expect(Math.max(...row.subarray(0, V))).toBe(Math.max(...expected));
    }
    logPeak(seed);
  });
});
