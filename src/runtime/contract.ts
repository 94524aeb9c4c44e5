/** What a station may ask of an engine; adapters for Node and the browser implement it. */
import type { HostArray } from "../base/arrays.ts";
import type { Tensor, ValueType } from "../graph/index.ts";

/** Arrays by the name of the graph's input or parameter. */
export type Feeds = ReadonlyMap<string, HostArray>;

export interface CompileOptions {
  /**
   * Parameters whose arrays stay the same object from run to run (their numbers may change between runs). Names that
   * the graph does not use are ignored, so that one set of weights serves many graphs.
   */
  readonly weights?: Feeds;
  /** Parameters whose numbers never change: a device with memory of its own keeps them there. */
  readonly constants?: Feeds;
  /**
   * Lay the constants out for the engine's products once, instead of at every run. It costs a second copy of them and
   * the time to make it; it pays for a session that runs often on few rows.
   */
  readonly prepack?: boolean;
  /**
   * The graph is arithmetic element by element (no parameters; inputs are scalars or have the outputs' one shape): where
   * arrays are in this process's memory, do it in one pass instead of one for each op. The results are the same bits.
   */
  readonly elementwise?: boolean;
}

/** A compiled graph that can be run. Whoever compiles it releases it (`await using`). */
export interface Session extends AsyncDisposable {
  /** What every run must be fed. */
  readonly inputs: ReadonlyMap<string, ValueType>;
  /**
   * Runs the graph once.
   * @param feeds an array for every input, and for every parameter not given as weights; nothing else
   * @param into arrays to write outputs to, instead of new ones
   * @returns all outputs by name
   * @throws ShapeError when a feed is missing, surplus, or of another dtype or shape; GraphError when the engine fails
   */
  run(feeds: Feeds, into?: Feeds): Promise<Map<string, HostArray>>;
  /** Frees the engine's memory. Calling it again does nothing. */
  release(): Promise<void>;
}

/** An engine on one device. */
export interface Runtime {
  /** "cpu" with its number of threads, for logs. */
  readonly description: string;
  /** Verifies the graph and opens a session that computes the named outputs. */
  compile(outputs: Readonly<Record<string, Tensor>>, options?: CompileOptions): Promise<Session>;
}
