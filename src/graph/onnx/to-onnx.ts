/** A graph as the bytes of an ONNX model. */
import { formatShape, type HostArray, sameShape } from "../../base/arrays.ts";
import { GraphError } from "../../base/errors.ts";
import { reachable, reachableInputs, type Tensor } from "../graph.ts";
import type { OnnxRule } from "../op-set.ts";
import { verifyGraph } from "../verify.ts";
import { Emitter } from "./emitter.ts";
import { loweredRules } from "./lowered-rules.ts";
import { type EmbeddedWeight, encodeModel, modelChunks, type OnnxGraph, type OnnxNode } from "./messages.ts";

export interface OnnxOptions {
  /** Write plain ops where ONNX Runtime's fused ones are not known to every engine. */
  readonly plainOps?: boolean;
  /** Parameters that are no inputs: their values come from outside the model, under their own names as locations. */
  readonly external?: (name: string) => boolean;
}

/**
 * The part of the graph that the named outputs need, as an ONNX model whose inputs are the graph's inputs and
 * parameters (no weights inside) and whose outputs have the given names.
 * @throws GraphError when the graph is malformed or an output has the name of another value
 */
export function toOnnx(outputs: Readonly<Record<string, Tensor>>, options: OnnxOptions = {}): Uint8Array {
  return encodeModel(onnxGraph(outputs, options));
}

/** Largest file that protobuf allows, with room for all that is not weights. */
const largestFile = 2 ** 31 - 2 ** 26;
/** Where a weight may begin in a file of its own, so that it can be mapped into memory. */
const alignment = 4096;

/** An ONNX model with its weights, as the pieces of its files. */
export interface OnnxFiles {
  readonly model: Iterable<Uint8Array>;
  /** The bytes of the weights, where they do not fit into the model's file. */
  readonly data?: Iterable<Uint8Array>;
}

/**
 * As `toOnnx`, with the weights inside: inputs are left only where the graph has inputs.
 * @param weights an array for every parameter; others are left alone
 * @param dataFile name of the file beside the model's that takes the weights when there are more than `mostInside`
 * @param mostInside bytes of weights that the model's own file may hold
 * @throws GraphError when a parameter has no weight or one of another shape
 */
export function toOnnxFiles(
  outputs: Readonly<Record<string, Tensor>>,
  weights: ReadonlyMap<string, HostArray>,
  dataFile: string,
  mostInside = largestFile,
): OnnxFiles {
  const graph = onnxGraph(outputs);
  const parameters = reachableInputs(Object.values(outputs)).filter(({ origin }) => origin === "parameter");
  const embedded = parameters.map(({ name, dtype, shape }): EmbeddedWeight => {
    const array = weights.get(name);
    if (array?.dtype === dtype && sameShape(array.shape, shape)) return { name, array };
    throw new GraphError("A parameter has no weight that fits.", {
      where: `graph ${graph.name}, parameter "${name}"`,
      expected: `${dtype}${formatShape(shape)}`,
      found: array === undefined ? "none" : `${array.dtype}${formatShape(array.shape)}`,
    });
  });
  const inputs = new Map(
    [...graph.inputs].filter(([name]) => !parameters.some((parameter) => parameter.name === name)),
  );
  const bytes = embedded.reduce((sum, { array }) => sum + array.data.byteLength, 0);
  if (bytes <= mostInside) return { model: modelChunks({ ...graph, inputs }, embedded) };
  const places = placed(embedded, dataFile);
  return { model: modelChunks({ ...graph, inputs }, places), data: dataChunks(places) };
}

function placed(weights: readonly EmbeddedWeight[], file: string): EmbeddedWeight[] {
  let offset = 0;
  return weights.map((weight) => {
    const external = { file, offset };
    offset += Math.ceil(weight.array.data.byteLength / alignment) * alignment;
    return { ...weight, external };
  });
}

function* dataChunks(weights: readonly EmbeddedWeight[]): Generator<Uint8Array> {
  for (const { array } of weights) {
    const { buffer, byteOffset, byteLength } = array.data;
    yield new Uint8Array(buffer, byteOffset, byteLength);
    yield new Uint8Array(Math.ceil(byteLength / alignment) * alignment - byteLength);
  }
}

function onnxGraph(
  outputs: Readonly<Record<string, Tensor>>,
  { plainOps = false, external = () => false }: OnnxOptions = {},
): OnnxGraph {
  verifyGraph(outputs);
  const entries = Object.entries(outputs);
  const roots = Object.values(outputs);
  const inputs = reachableInputs(roots);
  const graph = roots[0]!.graph;
  for (const [name, tensor] of entries) {
    if (graph.inputs.has(name)) {
      throw new GraphError("An output has the name of an input.", {
        where: `graph ${graph.name}`,
        found: `"${name}" for ${tensor.name}`,
      });
    }
  }
  const stranger = reachable(roots)
    .flatMap((node) => node.outputs)
    .find((tensor) => Object.hasOwn(outputs, tensor.name) && outputs[tensor.name] !== tensor);
  if (stranger !== undefined) {
    throw new GraphError("An output has the name of another value.", {
      where: `graph ${graph.name}`,
      found: `"${stranger.name}"`,
      remedy: "Give the output another name.",
    });
  }
  // A node's value takes the output's name; an input, or a value asked for twice, is copied to it.
  const renamed = new Map<Tensor, string>();
  const copies: OnnxNode[] = [];
  for (const [name, tensor] of entries) {
    if (typeof tensor.origin !== "string" && tensor.origin.op !== "constant" && !renamed.has(tensor))
      renamed.set(tensor, name);
    else {
      const source = renamed.get(tensor) ?? tensor.name;
      copies.push({
        opType: "Identity",
        domain: "",
        name: `output/${name}`,
        inputs: [source],
        outputs: [name],
        attributes: {},
      });
    }
  }
  const isExternal = ({ origin, name }: Tensor) => origin === "parameter" && external(name);
  const emitter = new Emitter(renamed, plainOps ? (loweredRules as Readonly<Record<string, OnnxRule>>) : {});
  for (const node of reachable(roots)) emitter.emit(node);
  return {
    name: graph.name,
    nodes: [...emitter.nodes, ...copies],
    initializers: emitter.initializers,
    external: new Map(inputs.filter(isExternal).map((tensor) => [tensor.name, tensor])),
    inputs: new Map(inputs.filter((tensor) => !isExternal(tensor)).map((tensor) => [tensor.name, tensor])),
    outputs: new Map(entries),
    hasFreeAxes: inputs.some(({ axes }) => axes?.some((axis) => axis !== undefined)),
  };
}
