import { describe, expect, it } from "vitest";
import { UsageError } from "../../base/errors.ts";
import { silentReporter } from "../../base/reporter.ts";
import { deviceNames } from "../index.ts";
import { chosenRuntime, listBackends, openDevice, openRuntime } from "./index.ts";

const known = listBackends().map(({ name }) => name);

describe("a device", () => {
  it("is the CPU unless another one is chosen", async () => {
    expect((await openDevice({ threads: 1 }, silentReporter)).description).toBe("cpu, 1 thread");
  });

  it.each(deviceNames.filter((name) => !known.includes(name)))(
    "%s that the engine's build does not know is refused with what it needs",
    async (device) => {
      const error = await openDevice({ device }, silentReporter).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(UsageError);
      expect((error as Error).message).toMatch(/no such device on this platform[\s\S]*what to do: It needs/);
    },
  );

  it("that cannot be opened is refused with the engine's reason and what it needs", () => {
    const trial = { usable: false, reason: "Failed to load shared library" } as const;
    expect(() => chosenRuntime("cuda", trial, 1, silentReporter.log)).toThrow(
      /--device cuda[\s\S]*CUDA 12[\s\S]*Failed to load shared library[\s\S]*doctor/,
    );
  });

  it("that computes something else is replaced by the CPU, with a warning", () => {
    const warnings: string[] = [];
    const log = { info: () => {}, warn: (message: string) => void warnings.push(message) };
    const trial = { usable: false, reason: "its numbers differ from the CPU's by 0.5", distance: 0.5 } as const;
    expect(chosenRuntime("webgpu", trial, 2, log).description).toBe("cpu, 2 threads");
    expect(warnings).toEqual([
      "device webgpu failed its self-test: its numbers differ from the CPU's by 0.5; the CPU is used instead",
    ]);
  });

  it("that passes is used", () => {
    const runtime = openRuntime({ threads: 1 });
    expect(chosenRuntime("webgpu", { usable: true, runtime, distance: 0 }, 1, silentReporter.log)).toBe(runtime);
  });
});
