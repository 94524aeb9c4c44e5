/** Runs in every test file: tests must end with no live inference session. */
import { afterAll, expect } from "vitest";
import { liveSessions } from "../../src/runtime/ort-runtime.ts";

afterAll(() => {
  expect(liveSessions(), "inference sessions that were never released").toBe(0);
});
