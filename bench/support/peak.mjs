/** Preloaded into a measured process: leaves its peak memory in GB behind. */
import { writeFileSync } from "node:fs";
import process, { env, resourceUsage } from "node:process";

process.on("exit", () => writeFileSync(env.BENCH_PEAK_FILE, String(resourceUsage().maxRSS / 1e6)));
