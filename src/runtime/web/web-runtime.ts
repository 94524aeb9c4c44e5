/** The engine in a browser: onnxruntime-web on WebGPU, or on WebAssembly where there is no adapter. */
import type * as ort from "onnxruntime-web";
import { UsageError } from "../../base/errors.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Runtime } from "../contract.ts";
import { ortRuntime } from "../ort-runtime.ts";
import { compareRuntimes, deviceTolerance } from "../self-test.ts";

/** The build of onnxruntime-web that the page loaded: `import * as ort from "onnxruntime-web/webgpu"`. */
export type WebEngine = Pick<typeof ort, "env" | "InferenceSession" | "Tensor">;

export interface WebRuntimeOptions {
  /** "auto": WebGPU where it passes its self-test, else WebAssembly. */
  readonly device?: "auto" | "webgpu" | "wasm";
  /** Where the engine's `.wasm` files are served: one's own origin, never a foreign one. */
  readonly wasmPaths?: string;
  /** Threads of WebAssembly; more than one needs a cross-origin isolated page. */
  readonly threads?: number;
}

function runtimeOn({ Tensor, InferenceSession }: WebEngine, device: "webgpu" | "wasm", threads: number): Runtime {
  return ortRuntime({
    description: device === "webgpu" ? "webgpu in the browser" : `wasm, ${threads} thread${threads === 1 ? "" : "s"}`,
    Tensor,
    create: (model, options) => InferenceSession.create(model, options),
    sessionOptions: { executionProviders: [device], graphOptimizationLevel: "all", logSeverityLevel: 4 },
    plainOps: device === "webgpu",
    ownMemory: true,
    writesIntoTensors: false,
  });
}

/** The runtime on WebGPU when it computes what WebAssembly computes, else why not. */
async function tryWebgpu(engine: WebEngine, threads: number): Promise<Runtime | string> {
  try {
    const runtime = runtimeOn(engine, "webgpu", threads);
    const distance = await compareRuntimes(runtime, runtimeOn(engine, "wasm", threads));
    return distance <= deviceTolerance ? runtime : `its numbers differ from WebAssembly's by ${distance}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Opens the engine.
 * @throws UsageError when WebGPU was asked for and cannot be used
 */
export async function openWebRuntime(
  engine: WebEngine,
  { device = "auto", wasmPaths, threads = 1 }: WebRuntimeOptions,
  { log }: Pick<Reporter, "log">,
): Promise<Runtime> {
  const { env } = engine;
  env.logLevel = "fatal";
  env.wasm.numThreads = threads;
  if (wasmPaths !== undefined) env.wasm.wasmPaths = wasmPaths;
  if (device === "wasm") return runtimeOn(engine, "wasm", threads);
  const found = await tryWebgpu(engine, threads);
  if (typeof found !== "string") return found;
  if (device === "auto") {
    log.warn(`WebGPU is not used: ${found}; WebAssembly computes instead`);
    return runtimeOn(engine, "wasm", threads);
  }
  throw new UsageError("WebGPU cannot be used in this browser.", {
    where: "device webgpu",
    found,
    remedy: 'Choose the device "auto" or "wasm".',
  });
}
