/** A runtime over any build of ONNX Runtime: graphs become sessions, arrays become tensors, errors get their place. */
import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from "onnxruntime-common";
import type { DType, HostArray } from "../base/arrays.ts";
import { GraphError } from "../base/errors.ts";
import { reachableInputs, type Tensor, toOnnx, type ValueType } from "../graph/index.ts";
import { checkArray, checkFeeds } from "./check-feeds.ts";
import type { CompileOptions, Feeds, Runtime, Session } from "./contract.ts";
import { openElementwise } from "./elementwise/elementwise.ts";
import { SerialQueue } from "./serial-queue.ts";

/** What a build of ONNX Runtime and one of its devices are to us. */
export interface OrtEngine {
  /** For logs: the device, and with what. */
  readonly description: string;
  readonly Tensor: TensorConstructor;
  create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  /** Providers, threads and the like. */
  readonly sessionOptions: InferenceSession.SessionOptions;
  /** Write plain ops: the device lacks the fused ones. */
  readonly plainOps: boolean;
  /** Weights that never change become part of a session: on a device of its own memory they would travel at each run. */
  readonly ownMemory: boolean;
  /** Writes outputs into given tensors. onnxruntime-web leaves given ones of the CPU as they are. */
  readonly writesIntoTensors: boolean;
}

let live = 0;

/** Sessions opened and not yet released in this process. */
export function liveSessions(): number {
  return live;
}

/** All jobs of the runtime run one after the other. */
export function ortRuntime(engine: OrtEngine): Runtime {
  const queue = new SerialQueue();
  return {
    description: engine.description,
    compile: (outputs, options = {}) =>
      queue.run(async () =>
        options.elementwise && !engine.ownMemory
          ? openElementwise(outputs, queue)
          : openSession(engine, outputs, options, queue),
      ),
  };
}

function engineError(what: string, graph: string, error: unknown): GraphError {
  const message = error instanceof Error ? error.message : String(error);
  return new GraphError(what, { where: `graph ${graph}`, found: message }, { cause: error });
}

function bytesOf({ data }: HostArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * The engine's own session. It copies what is inside, so the arrays are kept by nothing here: a function of its own, for all
 * closures of one function hold on to what any of them uses.
 */
function createWith(
  engine: OrtEngine,
  outputs: Readonly<Record<string, Tensor>>,
  inside: ReadonlyMap<string, HostArray>,
): Promise<InferenceSession> {
  const model = toOnnx(outputs, { plainOps: engine.plainOps, external: (name) => inside.has(name) });
  const externalData = [...inside].map(([path, array]) => ({ path, data: bytesOf(array) }));
  return engine.create(model, { ...engine.sessionOptions, ...(externalData.length > 0 && { externalData }) });
}

async function openSession(
  engine: OrtEngine,
  outputs: Readonly<Record<string, Tensor>>,
  { weights = new Map(), constants = new Map(), prepack = false }: CompileOptions,
  queue: SerialQueue,
): Promise<Session> {
  const toOrt = ({ dtype, shape, data }: HostArray): OrtTensor =>
    new engine.Tensor(dtype as "float32", data as Float32Array, shape as number[]);
  const roots = Object.values(outputs);
  const graph = roots[0]!.graph.name;
  const inputs = new Map<string, ValueType>();
  const bound: Record<string, OrtTensor> = {};
  const inside = new Map<string, HostArray>();
  for (const tensor of reachableInputs(roots)) {
    const { name } = tensor;
    const constant = tensor.origin === "parameter" ? constants.get(name) : undefined;
    const weight = tensor.origin === "parameter" ? (weights.get(name) ?? constant) : undefined;
    if (weight === undefined) inputs.set(name, tensor);
    else {
      checkArray(`graph ${graph}, weight "${name}"`, tensor, weight);
      if ((engine.ownMemory || prepack) && weight === constant) inside.set(name, weight);
      else bound[name] = toOrt(weight);
    }
  }
  const isFree = [...inputs.values()].some(({ axes = [] }) => axes.some((axis) => axis !== undefined));
  const session = await createWith(engine, outputs, inside).catch((error: unknown) => {
    throw engineError("The engine refused the graph.", graph, error);
  });
  live++;
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => {
    released ??= queue.run(async () => {
      live--;
      await session.release();
    });
    return released;
  };

  const runOnce = async (feeds: Feeds, into: Feeds): Promise<Map<string, HostArray>> => {
    if (released !== undefined) throw new GraphError("The session was released.", { where: `graph ${graph}` });
    checkFeeds(`graph ${graph}`, inputs, feeds);
    const fed = { ...bound };
    for (const [name, array] of feeds) fed[name] = toOrt(array);
    const fetches: Record<string, OrtTensor | null> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      const target = into.get(name);
      const axes = isFree ? { axes: tensor.shape.map(() => "any size") } : {};
      if (target !== undefined) checkArray(`graph ${graph}, output "${name}"`, { ...tensor, ...axes }, target);
      fetches[name] = target === undefined || !engine.writesIntoTensors ? null : toOrt(target);
    }
    const results = await session.run(fed, fetches).catch((error: unknown) => {
      throw engineError("The engine failed to run the graph.", graph, error);
    });
    return new Map(
      Object.entries(outputs).map(([name, { dtype }]) => {
        const target = into.get(name);
        // onnxruntime-node hands back a copy of what it has written to its place.
        if (target !== undefined && engine.writesIntoTensors) return [name, target];
        return [name, moveInto(target, fromOrt(dtype, results[name] as OrtTensor))];
      }),
    );
  };

  return {
    inputs,
    run: (feeds, into = new Map()) => queue.run(() => runOnce(feeds, into)),
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** Copies the numbers to their place, if they have one. */
function moveInto(target: HostArray | undefined, result: HostArray): HostArray {
  if (target === undefined) return result;
  (target.data as Float32Array).set(result.data as Float32Array);
  return target;
}

function fromOrt(dtype: DType, tensor: OrtTensor): HostArray {
  return { dtype, shape: tensor.dims, data: tensor.data } as HostArray;
}
