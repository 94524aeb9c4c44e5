/** WebGPU for tests: a real adapter, or the software one that comes with Debian's `chromium` package. */
import { existsSync } from "node:fs";
import { describe, it } from "vitest";
import type { Runtime } from "../../src/runtime/index.ts";
import { tryDevice } from "../../src/runtime/node/index.ts";

const softwareDriver = "/usr/lib/chromium/vk_swiftshader_icd.json";
if (process.env.VK_ICD_FILENAMES === undefined && existsSync(softwareDriver)) {
  process.env.VK_ICD_FILENAMES = softwareDriver; // read by the Vulkan loader when the first session is opened
}

/** Tests that need an adapter. Without one they are reported as skipped, and under `CI=true` they fail. */
export async function describeWithWebgpu(name: string, body: (webgpu: Runtime) => void): Promise<void> {
  const trial = await tryDevice("webgpu");
  if (trial.usable) describe(name, () => body(trial.runtime));
  else if (process.env.CI === "true") {
    describe(name, () => {
      it("finds a WebGPU adapter", () => {
        throw new Error(`${trial.reason}: install Debian's chromium and libvulkan1 for a software adapter`);
      });
    });
  } else describe.skip(`${name} (${trial.reason})`, () => body(undefined as never));
}
