/**
 * The contract between the stations and an engine: compile a graph, run it, release it. `ort-runtime.ts` fulfils it over
 * any build of ONNX Runtime; the builds are opened in `node/` and `web/`. The rest runs anywhere.
 */
export type { CompileOptions, Feeds, Runtime, Session } from "./contract.ts";
export { type DeviceFacts, type DeviceName, deviceNames, devices } from "./devices.ts";
export { compareRuntimes, deviceTolerance } from "./self-test.ts";
