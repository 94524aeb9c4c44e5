/** The device that a person chose, after it has shown that it computes. */
import { UsageError } from "../../base/errors.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Runtime } from "../contract.ts";
import { type DeviceName, devices } from "../devices.ts";
import { compareRuntimes, deviceTolerance } from "../self-test.ts";
import { openRuntime, type RuntimeOptions } from "./onnx-runtime.ts";

/** What a device answered to the self-test. */
export type Trial =
  | { readonly usable: true; readonly runtime: Runtime; readonly distance: number }
  | { readonly usable: false; readonly reason: string; readonly distance?: number };

function firstLine(error: unknown): string {
  const message = error instanceof UsageError ? error.what : error instanceof Error ? error.message : String(error);
  const found = /found: (.*)/.exec(message)?.[1] ?? message;
  // The engine puts its source file and function in front of what it has to say.
  return found
    .split("\n")[0]!
    .replace(/^.*(?=Failed to |Failed: )/, "")
    .slice(0, 300);
}

/** Runs the self-test on a device. */
export async function tryDevice(device: DeviceName, threads?: number): Promise<Trial> {
  try {
    const runtime = openRuntime({ device, threads });
    if (device === "cpu") return { usable: true, runtime, distance: 0 };
    const distance = await compareRuntimes(runtime, openRuntime({ threads: 1 }));
    if (distance <= deviceTolerance) return { usable: true, runtime, distance };
    return { usable: false, reason: `its numbers differ from the CPU's by ${distance}`, distance };
  } catch (error) {
    return { usable: false, reason: firstLine(error) };
  }
}

/**
 * Opens the engine on the chosen device. One that computes something else than the CPU is not used: there is a warning
 * and the CPU takes over.
 * @throws UsageError when the machine or the engine's build has no such device
 */
export async function openDevice(
  { device = "cpu", threads }: RuntimeOptions,
  { log }: Pick<Reporter, "log">,
): Promise<Runtime> {
  if (device === "cpu") return openRuntime({ threads });
  openRuntime({ device, threads });
  return chosenRuntime(device, await tryDevice(device, threads), threads, log);
}

/** What comes of a trial: the device, the CPU with a warning, or an error. */
export function chosenRuntime(
  device: DeviceName,
  trial: Trial,
  threads: number | undefined,
  log: Reporter["log"],
): Runtime {
  if (trial.usable) return trial.runtime;
  if (trial.distance === undefined) {
    throw new UsageError("The device cannot be used on this machine.", {
      where: `--device ${device}`,
      expected: devices[device].needs,
      found: trial.reason,
      remedy: "Use --device cpu. `regionformer doctor` says what this machine can run.",
    });
  }
  log.warn(`device ${device} failed its self-test: ${trial.reason}; the CPU is used instead`);
  return openRuntime({ threads });
}
