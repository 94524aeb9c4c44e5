/** Does a device compute what the CPU computes? A small training graph tells, before real work is given to it. */
import { float32, type HostArray, int64, type Shape, sizeOf } from "../base/arrays.ts";
import { Graph, gradients, ops, type Tensor } from "../graph/index.ts";
import type { Feeds, Runtime } from "./contract.ts";

/** Largest relative distance ‖device − cpu‖ / ‖cpu‖ of an output that still counts as the same computation. */
export const deviceTolerance = 1e-3;

/** One attention layer with a loss over its tokens, and the gradients of its weights: most ops that training needs. */
function fixture(): { readonly outputs: Record<string, Tensor>; readonly feeds: Map<string, HostArray> } {
  const graph = new Graph("self-test");
  const feeds = new Map<string, HostArray>();
  const wave = (shape: Shape) =>
    float32(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1 + i * 0.7 + feeds.size)),
    );
  const weight = (name: string, shape: Shape) => {
    feeds.set(name, wave(shape));
    return graph.parameter(name, shape);
  };
  const indices = (name: string, values: readonly number[]) => {
    feeds.set(name, int64([values.length], values));
    return graph.input(name, "int64", [values.length]);
  };
  const table = weight("table", [11, 8]);
  const tokens = indices("tokens", [3, 1, 10, 1, 5, 0]);
  const x = ops.reshape(ops.gather(table, tokens), [2, 3, 8]);
  const { normalised } = ops.layerNorm(x, weight("scale", [8]), weight("shift", [8]), 1e-5);
  const heads = ops.transpose(
    ops.reshape(ops.matmul(normalised, weight("project", [8, 8])), [2, 3, 2, 4]),
    [0, 2, 1, 3],
  );
  const attended = ops.matmul(ops.softmax(ops.matmul(heads, heads, { transB: true, alpha: 0.5 })), heads);
  const merged = ops.reshape(ops.transpose(attended, [0, 2, 1, 3]), [6, 8]);
  const logits = ops.matmul(ops.gelu(merged), table, { transB: true });
  const { losses } = ops.crossEntropy(logits, indices("targets", [1, 10, 1, 5, 0, 2]));
  const loss = ops.reduceSum(losses);
  const parameters = [...graph.inputs.values()].filter(({ origin }) => origin === "parameter");
  const slopes = gradients(loss, parameters).map((gradient, i) => [`slope ${parameters[i]!.name}`, gradient] as const);
  const best = ops.topK(ops.logSoftmax(logits), 3).values;
  return { outputs: { loss, best, ...Object.fromEntries(slopes) }, feeds };
}

async function results(runtime: Runtime): Promise<Feeds> {
  const { outputs, feeds } = fixture();
  await using session = await runtime.compile(outputs);
  return await session.run(feeds);
}

function distance(actual: HostArray, expected: HostArray): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.data.length; i++) {
    difference += (Number(actual.data[i]) - Number(expected.data[i])) ** 2;
    norm += Number(expected.data[i]) ** 2;
  }
  return Math.sqrt(difference / norm);
}

/**
 * The largest relative distance between the outputs of both; NaN when an output is not a number.
 * @throws GraphError when one of them cannot run the fixture
 */
export async function compareRuntimes(device: Runtime, cpu: Runtime): Promise<number> {
  const [actual, expected] = [await results(device), await results(cpu)];
  const distances = [...expected].map(([name, array]) => distance(actual.get(name)!, array));
  return distances.some(Number.isNaN) ? Number.NaN : Math.max(...distances);
}
