/** Options of every command that runs a network. */
import { z } from "zod";
import { deviceNames } from "../../runtime/index.ts";

export const engineOptions = {
  device: z.enum(deviceNames).default("cpu").describe("What computes; `doctor` says what this machine can"),
  threads: z.number().int().positive().optional().describe("Threads of the engine; all cores when absent"),
};
