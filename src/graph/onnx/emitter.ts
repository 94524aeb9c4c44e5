/** What an op's ONNX rule writes to: names of values, shared constants, nodes. */
import { float32, type HostArray, int64 } from "../../base/arrays.ts";
import type { Node, Tensor } from "../graph.ts";
import type { OnnxRule } from "../op-set.ts";
import { type AttributeValue, contribDomain, type OnnxNode } from "./messages.ts";

interface NodeOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Default: the outputs of the graph's node. */
  readonly outputs?: readonly string[];
  /** true for ONNX Runtime's own ops. */
  readonly contrib?: boolean;
}

export class Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, HostArray>();
  readonly #names: ReadonlyMap<Tensor, string>;
  readonly #instead: Readonly<Record<string, OnnxRule>>;
  #current = "";

  /**
   * @param names values that get another name than their own (the graph's outputs)
   * @param instead rules that replace those of the op table
   */
  constructor(names: ReadonlyMap<Tensor, string>, instead: Readonly<Record<string, OnnxRule>> = {}) {
    this.#names = names;
    this.#instead = instead;
  }

  nameOf(tensor: Tensor): string {
    return this.#names.get(tensor) ?? tensor.name;
  }

  /** Emits one graph node through its rule. */
  emit(node: Node): void {
    this.#current = node.name;
    const rule = this.#instead[node.op] ?? node.outputs[0]!.graph.ops[node.op]!.onnx;
    rule(this, node);
  }

  /** Appends an ONNX node that computes `node`, or a part of it. */
  node(opType: string, node: Node, inputs: readonly string[], options: NodeOptions = {}): void {
    this.nodes.push({
      opType,
      domain: options.contrib ? contribDomain : "",
      name: options.outputs?.[0] ?? node.name,
      inputs,
      outputs: options.outputs ?? node.outputs.map((output) => this.nameOf(output)),
      attributes: options.attributes ?? {},
    });
  }

  /** The names of a node's operands. */
  inputsOf(node: Node): string[] {
    return node.inputs.map((input) => this.nameOf(input));
  }

  /** A name for a value inside the current node. */
  inner(label: string): string {
    return `${this.#current}.${label}`;
  }

  /** An int64 vector as a constant, shared by value. */
  integers(values: readonly number[]): string {
    return this.#share(`const.i64[${values}]`, int64([values.length], values));
  }

  /** A float32 scalar as a constant, shared by value. */
  scalar(value: number): string {
    return this.#share(`const.f32.${value}`, float32([], [value]));
  }

  #share(name: string, array: HostArray): string {
    if (!this.initializers.has(name)) this.initializers.set(name, array);
    return name;
  }
}
