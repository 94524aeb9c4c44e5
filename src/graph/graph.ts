/**
 * Symbolic tensors and the graph that holds them.
 *
 * A graph is an append-only list of nodes, so its order is a topological one. Every value and node has a path name:
 * parameters are dotted (`clip_project.transformer.layers.0.norm1.weight`), nodes are slashed after the scope they
 * were made in (`mapper/layers.0/attn/matmul`).
 */
import type { DType, HostArray, Shape } from "../base/arrays.ts";
import { GraphError } from "../base/errors.ts";
import { coreOps } from "./core-ops.ts";
import type { Attributes, AxisNames, OpSet, ValueType } from "./op-set.ts";

/** A value of the graph: known dtype and shape, no data. */
export interface Tensor extends ValueType {
  readonly graph: Graph;
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** Who makes it: a feed of each run, a weight, or a node. */
  readonly origin: "input" | "parameter" | Node;
}

/** One application of an op. */
export interface Node {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly outputs: readonly Tensor[];
}

export class Graph {
  readonly name: string;
  readonly ops: OpSet;
  readonly #nodes: Node[] = [];
  readonly #inputs = new Map<string, Tensor>();
  readonly #taken = new Set<string>();
  readonly #scalars = new Map<string, Tensor>();
  readonly #scopes: string[] = [];

  /** @param ops the op tables; tests and extensions may hand in `extendOps(coreOps, …)` */
  constructor(name: string, ops: OpSet = coreOps) {
    this.name = name;
    this.ops = ops;
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** Inputs and parameters by name, in order of declaration. */
  get inputs(): ReadonlyMap<string, Tensor> {
    return this.#inputs;
  }

  /**
   * A value fed at every run.
   * @param axes names of those axes whose size a run may choose. What is built from it must then not depend on the
   *   sizes in `shape`: an ONNX model is the same whatever they are (fixed sizes may stand in any axis, free ones
   *   survive a reshape as the first axis only)
   */
  input(name: string, dtype: DType, shape: Shape, axes?: AxisNames): Tensor {
    return this.#declare("input", name, dtype, shape, axes);
  }

  /** A float32 weight, known by its official name; asking again for the same name gives the same tensor. */
  parameter(name: string, shape: Shape): Tensor {
    const known = this.#inputs.get(name);
    if (known?.origin === "parameter" && `${known.shape}` === `${shape}`) return known;
    return this.#declare("parameter", name, "float32", shape);
  }

  #declare(origin: "input" | "parameter", name: string, dtype: DType, shape: Shape, axes?: AxisNames): Tensor {
    if (this.#inputs.has(name)) {
      throw new GraphError("A name is declared twice.", {
        where: `graph ${this.name}`,
        expected: "one input or parameter of a name",
        found: `a second ${origin} "${name}" [${shape}]`,
      });
    }
    const tensor: Tensor = { graph: this, name: this.#unique(name), dtype, shape, origin, ...(axes && { axes }) };
    this.#inputs.set(name, tensor);
    return tensor;
  }

  /** A constant that is part of the graph. Scalars are made once each and live outside all scopes. */
  constant(value: HostArray): Tensor {
    if (value.shape.length > 0) return this.apply("constant", [], { value })[0] as Tensor;
    const key = `${value.dtype} ${value.data[0]}`;
    const known = this.#scalars.get(key);
    if (known !== undefined) return known;
    const scopes = this.#scopes.splice(0);
    const made = this.apply("constant", [], { value })[0] as Tensor;
    this.#scopes.push(...scopes);
    this.#scalars.set(key, made);
    return made;
  }

  /** Appends a node; its outputs get their types from the op's shape rule. @throws GraphError, ShapeError */
  apply(op: string, inputs: readonly Tensor[], attributes: Attributes = {}): readonly Tensor[] {
    const row = this.ops[op];
    const name = this.#unique([...this.#scopes, op].join("/"));
    if (row === undefined) {
      throw new GraphError("The op is in no table.", { where: name, expected: Object.keys(this.ops).join(", ") });
    }
    const stranger = inputs.find((input) => input.graph !== this);
    if (stranger !== undefined) {
      throw new GraphError("A tensor of another graph was used.", {
        where: name,
        expected: `tensors of graph ${this.name}`,
        found: `${stranger.name} of graph ${stranger.graph.name}`,
      });
    }
    const types = row.shape({ where: name, inputs, attributes });
    const outputs: Tensor[] = [];
    const node: Node = { op, name, inputs, attributes, outputs };
    types.forEach((type, i) => {
      outputs.push({ graph: this, name: types.length === 1 ? name : `${name}:${i}`, ...type, origin: node });
    });
    this.#nodes.push(node);
    return outputs;
  }

  /** Runs `build` with `scope` in front of the names of all nodes it makes. */
  scope<T>(scope: string, build: () => T): T {
    this.#scopes.push(scope);
    try {
      return build();
    } finally {
      this.#scopes.pop();
    }
  }

  #unique(name: string): string {
    let candidate = name;
    for (let i = 1; this.#taken.has(candidate); i++) candidate = `${name}_${i}`;
    this.#taken.add(candidate);
    return candidate;
  }
}

/** The nodes that the outputs depend on, in graph order: what is compiled, printed and verified. */
export function reachable(outputs: Iterable<Tensor>): Node[] {
  const wanted = new Set<Node>();
  const stack = [...outputs];
  for (let tensor = stack.pop(); tensor !== undefined; tensor = stack.pop()) {
    if (typeof tensor.origin === "string" || wanted.has(tensor.origin)) continue;
    wanted.add(tensor.origin);
    stack.push(...tensor.origin.inputs);
  }
  const graph = [...wanted][0]?.outputs[0]?.graph;
  return graph === undefined ? [] : graph.nodes.filter((node) => wanted.has(node));
}

/** Inputs and parameters that the outputs depend on, in order of declaration. */
export function reachableInputs(outputs: Iterable<Tensor>): Tensor[] {
  const roots = [...outputs];
  const used = new Set([...reachable(roots).flatMap((node) => node.inputs), ...roots]);
  const graph = roots[0]?.graph;
  return graph === undefined ? [] : [...graph.inputs.values()].filter((input) => used.has(input));
}
