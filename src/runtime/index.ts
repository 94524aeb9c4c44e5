/**
 * The contract between the stations and an engine: compile a graph, run it, release it. Adapters are in `node/` (and
 * later `web/`); the rest runs anywhere.
 */
export type { CompileOptions, Feeds, Runtime, Session } from "./contract.ts";
