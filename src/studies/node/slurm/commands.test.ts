import { afterEach, expect, it, vi } from "vitest";
import { UsageError } from "../../../base/errors.ts";
import { askAccounting, askQueue, submitScript } from "./commands.ts";

afterEach(() => vi.unstubAllEnvs());

it("without Slurm on the PATH nothing is submitted, and the message says what to do", async () => {
  vi.stubEnv("PATH", "/nowhere");
  await expect(submitScript("cells.sbatch", [])).rejects.toThrow(/no sbatch here[\s\S]*login node[\s\S]*--dry-run/);
  await expect(askQueue()).rejects.toThrow(UsageError);
  expect(await askAccounting(["7"])).toEqual(new Map());
});
