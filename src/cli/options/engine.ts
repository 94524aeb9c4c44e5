/** Options of every command that runs a network. */
import { z } from "zod";

export const engineOptions = {
  device: z.enum(["cpu"]).default("cpu").describe("What computes"),
  threads: z.number().int().positive().optional().describe("Threads of the engine; all cores when absent"),
};
