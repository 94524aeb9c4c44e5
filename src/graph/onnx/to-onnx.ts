/** A graph as the bytes of an ONNX model. */
import { GraphError } from "../../base/errors.ts";
import { reachable, reachableInputs, type Tensor } from "../graph.ts";
import { verifyGraph } from "../verify.ts";
import { Emitter } from "./emitter.ts";
import { encodeModel, type OnnxNode } from "./messages.ts";

/**
 * The part of the graph that the named outputs need, as an ONNX model whose inputs are the graph's inputs and
 * parameters (no weights inside) and whose outputs have the given names.
 * @throws GraphError when the graph is malformed or an output has the name of another value
 */
export function toOnnx(outputs: Readonly<Record<string, Tensor>>): Uint8Array {
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
  const emitter = new Emitter(renamed);
  for (const node of reachable(roots)) emitter.emit(node);
  return encodeModel({
    name: graph.name,
    nodes: [...emitter.nodes, ...copies],
    initializers: emitter.initializers,
    inputs: new Map(inputs.map((tensor) => [tensor.name, tensor])),
    outputs: new Map(entries),
  });
}
