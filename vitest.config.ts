import { defineConfig } from "vitest/config";

const shared = {
  setupFiles: ["tests/support/setup.ts"],
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

/** `fast` is `npm test`; `slow` holds full-size models and whole-process runs. */
export default defineConfig({
  test: {
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
