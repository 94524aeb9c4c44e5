/** The shared data for tests: real films and reports that are no part of the project. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";

const root = process.env.REGIONFORMER_DATA ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

/** Where a file or folder of the shared data is; undefined where it is absent. */
export function sharedData(path: string): string | undefined {
  const found = join(root, path);
  return existsSync(found) ? found : undefined;
}

/**
 * Tests that need the shared data. Without it they are reported as skipped, and under `CI=true` they fail.
 * @param body gets the function that finds a file or folder of the shared data
 */
export function describeWithSharedData(name: string, body: (at: (path: string) => string) => void): void {
  if (existsSync(root)) describe(name, () => body((path) => join(root, path)));
  else if (process.env.CI === "true") {
    describe(name, () => {
      it("finds the shared data", () => {
        throw new Error(`no folder ${root}: set REGIONFORMER_DATA to the folder of the shared data`);
      });
    });
  } else describe.skip(name, () => body((path) => join(root, path)));
}
