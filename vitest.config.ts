import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const shared = {
  setupFiles: ["tests/support/setup.ts"],
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

/** `fast` is `npm test`; `slow` holds full-size models and whole-process runs. */
export default defineConfig({
  test: {
    // Half of the fast tests' time is waiting for one thread: on two cores two workers take two thirds of the time of one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          ...shared,
          name: "fast",
          include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
          exclude: ["tests/slow/**"],
        },
      },
      {
        test: {
          ...shared,
          name: "slow",
          include: ["tests/slow/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
