/** Compiled graphs by shape, as many as a memory budget allows. */
import { sizeOf } from "../base/arrays.ts";
import { reachable, type Tensor } from "../graph/index.ts";
import type { CompileOptions, Runtime, Session } from "../runtime/index.ts";

/** Each open session keeps an arena of its own; together they may be estimated to hold this much. */
const budgetInBytes = 3e9;

interface Entry {
  readonly session: Session;
  readonly bytes: number;
}

/** Upper bound of what one run holds: all values of the graph at once. */
function estimateBytes(outputs: Readonly<Record<string, Tensor>>): number {
  const values = reachable(Object.values(outputs)).flatMap((node) => node.outputs);
  return values.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
}

/** The owner of its sessions: they are released when they must make room, and all at the end. */
export class SessionCache implements AsyncDisposable {
  readonly #runtime: Runtime;
  readonly #options: CompileOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(runtime: Runtime, options: CompileOptions) {
    this.#runtime = runtime;
    this.#options = options;
  }

  /** The session of a key; built and compiled when it is new or was released. Least recently used ones make room. */
  async get(key: string, build: () => Readonly<Record<string, Tensor>>): Promise<Session> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.session;
    }
    const outputs = build();
    const bytes = estimateBytes(outputs);
    await this.#makeRoom(bytes);
    const session = await this.#runtime.compile(outputs, this.#options);
    this.#entries.set(key, { session, bytes });
    return session;
  }

  async #makeRoom(bytes: number): Promise<void> {
    let total = [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, bytes);
    for (const [key, entry] of this.#entries) {
      if (total <= budgetInBytes) return;
      total -= entry.bytes;
      this.#entries.delete(key);
      await entry.session.release();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(({ session }) => session.release()));
  }
}
