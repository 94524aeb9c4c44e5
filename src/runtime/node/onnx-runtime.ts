/** The engine on Node: onnxruntime-node with the providers that its build for this platform has. */
import { availableParallelism } from "node:os";
import { env, InferenceSession, Tensor } from "onnxruntime-node";
import { UsageError } from "../../base/errors.ts";
import type { Runtime } from "../contract.ts";
import { type DeviceName, devices } from "../devices.ts";
import { ortRuntime } from "../ort-runtime.ts";
import { listBackends } from "./backends.ts";

// What goes wrong is thrown; the engine's own lines on stderr would only repeat it.
env.logLevel = "fatal";

export interface RuntimeOptions {
  /** Threads of one run on the CPU; default: all cores this process may use. */
  readonly threads?: number | undefined;
  /** Default: the CPU. */
  readonly device?: DeviceName | undefined;
}

/**
 * Opens the engine on a device, without trying whether the machine has it (see `openDevice`).
 * @throws UsageError when `threads` is not a whole number from 1 up, or the engine's build knows no such device
 */
export function openRuntime({ threads = availableParallelism(), device = "cpu" }: RuntimeOptions = {}): Runtime {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UsageError("The number of threads is not usable.", {
      where: "threads",
      expected: "1 or more",
      found: `${threads}`,
    });
  }
  const known = listBackends().map(({ name }) => name);
  if (!known.includes(device)) {
    throw new UsageError("The engine has no such device on this platform.", {
      where: `device ${device}`,
      expected: known.filter((name) => Object.hasOwn(devices, name)).join(", "),
      found: `${process.platform} ${process.arch}`,
      remedy: `It needs ${devices[device].needs}.`,
    });
  }
  const { plainOps, ownMemory } = devices[device];
  const withThreads = `${threads} thread${threads === 1 ? "" : "s"}`;
  return ortRuntime({
    description: device === "cpu" ? `cpu, ${withThreads}` : device,
    Tensor,
    create: (model, options) => InferenceSession.create(model, options),
    plainOps,
    ownMemory,
    writesIntoTensors: true,
    sessionOptions: {
      executionProviders: [device],
      graphOptimizationLevel: "all",
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Memory patterns raise the peak of a training step from 4.5 to 6.3 GB and save little time.
      enableMemPattern: false,
      logSeverityLevel: 4,
    },
  });
}
