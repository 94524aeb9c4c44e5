/** The gradients of a batch that is computed in parts: those of the later parts are added to those of the first. */
import type { Shape } from "../base/arrays.ts";
import { Graph, ops } from "../graph/index.ts";
import type { Runtime, Session } from "../runtime/index.ts";
import { Arena, chunk } from "./arena.ts";

export class GradientParts implements AsyncDisposable {
  /** Where a later part leaves its gradients. */
  readonly later: Arena;
  readonly #adder: Session;

  private constructor(later: Arena, adder: Session) {
    this.later = later;
    this.#adder = adder;
  }

  static async open(runtime: Runtime, shapes: ReadonlyMap<string, Shape>): Promise<GradientParts> {
    const graph = new Graph("sum of gradients");
    const [sum, part] = [graph.input("sum", "float32", [chunk]), graph.input("part", "float32", [chunk])];
    const adder = await runtime.compile({ newSum: ops.add(sum, part) }, { elementwise: true });
    return new GradientParts(new Arena(shapes), adder);
  }

  /** Adds the later part's gradients to the sum, in place. */
  async addTo(sum: Arena): Promise<void> {
    for (const start of sum.starts()) {
      const place = sum.chunkAt(start);
      const feeds = { sum: place, part: this.later.chunkAt(start) };
      await this.#adder.run(new Map(Object.entries(feeds)), new Map([["newSum", place]]));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#adder.release();
  }
}
