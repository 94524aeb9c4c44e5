/** How a model function reaches its weights: by official name, in a scope that also names its nodes. */
import type { Shape } from "../base/arrays.ts";
import type { Graph, Tensor } from "../graph/index.ts";

/** The parameters below one dotted prefix of a graph. */
export class Params {
  readonly graph: Graph;
  readonly #prefix: string;

  constructor(graph: Graph, prefix = "") {
    this.graph = graph;
    this.#prefix = prefix;
  }

  /** The weight `<prefix>.<name>`, float32. */
  get(name: string, shape: Shape): Tensor {
    return this.graph.parameter(this.#join(name), shape);
  }

  /** Builds a part of the model with the parameters below `<prefix>.<name>`; its nodes are named after `name`. */
  in<T>(name: string, build: (params: Params) => T): T {
    return this.graph.scope(name, () => build(new Params(this.graph, this.#join(name))));
  }

  #join(name: string): string {
    return this.#prefix === "" ? name : `${this.#prefix}.${name}`;
  }
}
