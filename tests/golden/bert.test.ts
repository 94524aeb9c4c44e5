/** Every hidden state of BERT, DistilBERT and RoBERTa against transformers. */
import { describe, expect, it } from "vitest";
import { type Float32HostArray, float32, type HostArray, int64, type Shape } from "../../src/base/arrays.ts";
import { Graph, type Tensor } from "../../src/graph/index.ts";
import {
  bertShapes,
  encoderInput,
  encodeTokens,
  forbidden,
  parseBertConfig,
  startsInput,
} from "../../src/models/bert/index.ts";
import { Params } from "../../src/nn/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectArrayClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableWeights } from "../support/portable.ts";

const golden = readGolden<{
  readonly tokens: readonly (readonly number[])[];
  readonly cases: readonly {
    readonly seed: string;
    readonly config: object;
    readonly parameters: Record<string, Shape>;
  }[];
}>("bert");
const { tokens, cases } = golden.manifest;
const runtime = openRuntime();

/** The golden batch padded to S tokens with an arbitrary id. */
function feeds(S: number, padding: number) {
  const rows = tokens.map((row) => [...row, ...Array<number>(S - row.length).fill(padding)]);
  const seen = tokens.map((row) => rows[0]!.map((_, i) => (i < row.length ? 0 : forbidden)));
  const bias = seen.map((row) => rows[0]!.flatMap(() => row));
  return new Map<string, HostArray>([
    ["tokens", int64([tokens.length, S], rows.flat())],
    [
      "places",
      int64(
        [tokens.length, S],
        tokens.flatMap(() => rows[0]!.map((_, i) => i)),
      ),
    ],
    ["bias", float32([tokens.length, 1, S, S], bias.flat())],
  ]);
}

/** The first `length` positions, and 0 at padding. */
function realStates({ data, shape }: Float32HostArray, length: number): Float32HostArray {
  const [B, S, E] = shape as [number, number, number];
  const kept = Float32Array.from({ length: B * length * E }, (_, i) => {
    const [b, s] = [Math.floor(i / (length * E)), Math.floor(i / E) % length];
    return s < tokens[b]!.length ? data[(b * S + s) * E + (i % E)]! : 0;
  });
  return float32([B, length, E], kept);
}

describe.each(cases.map((golden) => [golden.seed, golden] as const))("%s", (seed, { config, parameters }) => {
  const bert = parseBertConfig(config, "golden");
  const weights = portableWeights(seed, parameters);
  const longest = Math.max(...tokens.map(({ length }) => length));

  it("has the official parameters", () => {
    expect(Object.fromEntries([...bertShapes(bert)].sort())).toEqual(
      Object.fromEntries(Object.entries(parameters).sort()),
    );
  });

  it.each([0, 3])("every layer, with %i more positions of padding", async (more) => {
    const graph = new Graph(seed);
    const states = encodeTokens(
      new Params(graph),
      bert,
      encoderInput(graph, { rows: tokens.length, length: longest + more }),
    );
    const outputs: Record<string, Tensor> = Object.fromEntries(states.map((state, i) => [`layer${i}`, state]));
    await using session = await runtime.compile(outputs, { weights });
    const actual = await session.run(feeds(longest + more, 7 * more));
    expect(actual.size).toBe(bert.layers + 1);
    for (const [name, array] of actual) {
      const expected = golden.array(`${seed}/${name}`);
      expectArrayClose(realStates(array as Float32HostArray, longest), expected, "float32Engine", name);
    }
  });

  it("a chosen layer for the start token alone", async () => {
    const chosen = bert.layers - 1;
    const packed = { rows: tokens.length, length: longest, texts: 1 };
    const graph = new Graph(seed);
    const options = { layers: chosen, starts: startsInput(graph, packed) };
    const states = encodeTokens(new Params(graph), bert, encoderInput(graph, packed), options).at(-1)!;
    await using session = await runtime.compile({ states }, { weights });
    const starts = int64(
      [tokens.length, 1],
      tokens.map((_, i) => i * longest),
    );
    const actual = (await session.run(new Map([...feeds(longest, 0), ["starts", starts]]))).get("states")!;
    const { data, shape } = golden.array(`${seed}/layer${chosen}`);
    const [B, S, E] = shape as [number, number, number];
    const expected = Array.from({ length: B }, (_, b) => [...data.subarray(b * S * E, b * S * E + E)]).flat();
    expectArrayClose(actual, float32([B, 1, E], expected), "float32Engine");
  });
});
