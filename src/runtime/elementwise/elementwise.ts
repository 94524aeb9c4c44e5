/**
 * A graph of elementwise ops as one pass over its arrays. The engine makes a pass for each op, and a pass over arrays
 * that do not fit the cache costs more than its arithmetic. Here all ops of four elements are done in registers.
 *
 * Only ops that IEEE 754 rounds to the nearest float32 are in the table, each is rounded on its own and in the graph's
 * order: the results are the engine's, bit for bit.
 */
import { type Float32HostArray, type HostArray, sameShape, sizeOf } from "../../base/arrays.ts";
import { GraphError } from "../../base/errors.ts";
import { type Node, reachable, reachableInputs, type Tensor, verifyGraph } from "../../graph/index.ts";
import { checkArray, checkFeeds } from "../check-feeds.ts";
import type { Feeds, Session } from "../contract.ts";
import type { SerialQueue } from "../serial-queue.ts";
import { type Code, constant, float32x4, get, load, loadScalar, openLoop, set, store } from "./wasm.ts";

/** Bytes of a vector of four float32: what the loop takes at a time, and what every array begins at. */
const vectorBytes = 16;

function refuse(where: string, expected: string, found: string): never {
  throw new GraphError("The graph is not one pass over arrays.", { where, expected, found });
}

/** Addresses for arrays side by side, and where the last one ends. */
function layOut(tensors: readonly Tensor[], start: number): { readonly addresses: readonly number[]; end: number } {
  let end = start;
  const addresses = tensors.map(({ shape }) => {
    const address = end;
    end += Math.ceil((4 * sizeOf(shape)) / vectorBytes) * vectorBytes;
    return address;
  });
  return { addresses, end };
}

function checkTypes(inputs: readonly Tensor[], nodes: readonly Node[], outputs: readonly Tensor[]): void {
  const { shape } = outputs[0]!;
  for (const { name, origin, axes = [] } of inputs) {
    if (origin === "parameter") refuse(name, "inputs only", "a parameter");
    if (axes.some((axis) => axis !== undefined)) refuse(name, "axes of fixed size", `[${axes}]`);
  }
  for (const { dtype, shape: own, name } of [...inputs, ...nodes.flatMap((node) => node.outputs)]) {
    if (dtype === "float32" && (own.length === 0 || sameShape(own, shape))) continue;
    refuse(name, `float32 [${shape}] or []`, `${dtype} [${own}]`);
  }
  for (const { name, shape: own } of outputs) if (!sameShape(own, shape)) refuse(name, `[${shape}]`, `[${own}]`);
}

/** The loop's body: each node's value stays in a local of its own until the end. */
function bodyOf(
  places: ReadonlyMap<Tensor, number>,
  nodes: readonly Node[],
  stores: readonly (readonly [Tensor, number])[],
): Code {
  const values = new Map<Tensor, Code>();
  for (const [input, address] of places) {
    values.set(input, input.shape.length === 0 ? loadScalar(address) : load(address));
  }
  const computed = nodes.flatMap(({ op, name, inputs, attributes, outputs }, local) => {
    if (!isElementwise(op)) {
      const { value } = attributes;
      const isScalar = op === "constant" && (value as HostArray).shape.length === 0;
      if (!isScalar) refuse(name, `${Object.keys(float32x4).join(", ")}, scalar constant`, op);
      values.set(outputs[0]!, constant((value as Float32HostArray).data[0]!));
      return [];
    }
    values.set(outputs[0]!, get(local));
    return [...inputs.flatMap((input) => values.get(input)!), ...float32x4[op], ...set(local)];
  });
  return [...computed, ...stores.flatMap(([output, address]) => store(address, values.get(output)!))];
}

function isElementwise(op: string): op is keyof typeof float32x4 {
  return Object.hasOwn(float32x4, op);
}

/**
 * A session that keeps room for all inputs and outputs at once: arrays are copied in, and results out.
 * @param queue jobs of the runtime, one after the other
 * @throws GraphError when the graph is not one pass over arrays of the outputs' shape
 */
export function openElementwise(outputs: Readonly<Record<string, Tensor>>, queue: SerialQueue): Session {
  verifyGraph(outputs);
  const roots = Object.values(outputs);
  const { shape, graph } = roots[0]!;
  const [read, nodes] = [reachableInputs(roots), reachable(roots)];
  checkTypes(read, nodes, roots);
  const { addresses: from, end } = layOut(read, 0);
  const { addresses: to, end: bytes } = layOut(roots, end);
  const places = new Map(read.map((tensor, i) => [tensor, from[i]!]));
  const stores = roots.map((tensor, i) => [tensor, to[i]!] as const);
  const { memory, run } = openLoop(bodyOf(places, nodes, stores), nodes.length, bytes);
  const view = (address: number, tensor: Tensor) => new Float32Array(memory, address, sizeOf(tensor.shape));
  const inputs = new Map(read.map((tensor) => [tensor.name, tensor]));
  const inputViews = new Map([...places].map(([tensor, address]) => [tensor.name, view(address, tensor)]));
  const outputViews = new Map(Object.keys(outputs).map((name, i) => [name, view(to[i]!, roots[i]!)]));
  const where = `graph ${graph.name}`;
  let isReleased = false;

  const runOnce = (feeds: Feeds, into: Feeds): Map<string, HostArray> => {
    if (isReleased) throw new GraphError("The session was released.", { where });
    checkFeeds(where, inputs, feeds);
    for (const [name, tensor] of Object.entries(outputs)) {
      const target = into.get(name);
      if (target !== undefined) checkArray(`${where}, output "${name}"`, tensor, target);
    }
    for (const [name, array] of inputViews) array.set(feeds.get(name)!.data as Float32Array);
    run(sizeOf(shape) * 4);
    return new Map(
      [...outputViews].map(([name, result]) => {
        const target = into.get(name);
        if (target === undefined) return [name, { dtype: "float32", shape, data: result.slice() }];
        (target.data as Float32Array).set(result);
        return [name, target];
      }),
    );
  };
  const release = async () => {
    isReleased = true;
  };
  return {
    inputs,
    run: (feeds, into = new Map()) => queue.run(async () => runOnce(feeds, into)),
    release,
    [Symbol.asyncDispose]: release,
  };
}
