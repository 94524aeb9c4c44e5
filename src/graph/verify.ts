/** The executable specification of a well-formed graph; run in tests and before every compile. */
import { sameShape } from "../base/arrays.ts";
import { GraphError } from "../base/errors.ts";
import { reachable, type Tensor } from "./graph.ts";

/**
 * @throws GraphError when an output belongs to another graph, a value is used before it is made, names collide, an op
 * is in no table, or a stored type differs from what the shape rule gives
 */
export function verifyGraph(outputs: Readonly<Record<string, Tensor>>): void {
  const roots = Object.entries(outputs);
  const graph = roots[0]?.[1].graph;
  if (graph === undefined) throw new GraphError("A graph needs an output.", { where: "verifyGraph" });
  for (const [name, tensor] of roots) {
    if (tensor.graph !== graph) throw new GraphError("Outputs belong to different graphs.", { where: name });
  }
  const made = new Set<Tensor>(graph.inputs.values());
  const names = new Set([...graph.inputs.values()].map(({ name }) => name));
  for (const node of reachable(Object.values(outputs))) {
    const fail = (what: string, found: string): never => {
      throw new GraphError(what, { where: `graph ${graph.name}, node ${node.name}`, found });
    };
    for (const input of node.inputs) if (!made.has(input)) fail("A value is used before it is made.", input.name);
    const row = graph.ops[node.op] ?? fail("The op is in no table.", node.op);
    const types = row.shape({ where: node.name, inputs: node.inputs, attributes: node.attributes });
    if (types.length !== node.outputs.length)
      fail("The node has another number of outputs than its rule.", `${node.outputs.length}`);
    node.outputs.forEach((output, i) => {
      const type = types[i]!;
      if (type.dtype !== output.dtype || !sameShape(type.shape, output.shape)) {
        fail(
          "A stored type differs from the shape rule.",
          `${output.dtype}[${output.shape}], rule ${type.dtype}[${type.shape}]`,
        );
      }
      if (names.has(output.name)) fail("Two values share a name.", output.name);
      names.add(output.name);
      made.add(output);
    });
  }
}
