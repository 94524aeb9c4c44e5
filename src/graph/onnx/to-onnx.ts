/** A graph as the bytes of an ONNX model. */
import { GraphError } from "../../base/errors.ts";
import { reachable, reachableInputs, type Tensor } from "../graph.ts";
import type { OnnxRule } from "../op-set.ts";
import { verifyGraph } from "../verify.ts";
import { Emitter } from "./emitter.ts";
import { loweredRules } from "./lowered-rules.ts";
import { encodeModel, type OnnxNode } from "./messages.ts";

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
export function toOnnx(
  outputs: Readonly<Record<string, Tensor>>,
  { plainOps = false, external = () => false }: OnnxOptions = {},
): Uint8Array {
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
  return encodeModel({
    name: graph.name,
    nodes: [...emitter.nodes, ...copies],
    initializers: emitter.initializers,
    external: new Map(inputs.filter(isExternal).map((tensor) => [tensor.name, tensor])),
    inputs: new Map(inputs.filter((tensor) => !isExternal(tensor)).map((tensor) => [tensor.name, tensor])),
    outputs: new Map(entries),
  });
}
