/**
 * npm run bench -- NAME [--json] [--peer] [--python PYTHON] [--rounds N] [--full]
 *
 * A table for people, or a JSON line a row. `all` runs every benchmark, each in a process of its own, so that none finds
 * memory or threads that another left. `--peer` runs the Python programs of bench/peers in turn with the product
 * (see oracle/requirements.txt for what they need). `--full` is for `browser`: full-size models there.
 */
import { spawnSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { argv, execPath, stderr, stdout, version } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const benchmarks = {
  "train-step": async () => (await import("./train-step.mjs")).trainStep,
  generate: async () => (await import("./generate.mjs")).generation,
  encode: async () => (await import("./encode.mjs")).encoding,
  "cold-start": async () => (await import("./cold-start.mjs")).coldStart,
  memory: async () => (await import("./memory.mjs")).memory,
  scaling: async () => (await import("./scaling.mjs")).scaling,
  metrics: async () => (await import("./metrics.mjs")).countingMetrics,
  "model-metrics": async () => (await import("./model-metrics.mjs")).modelMetrics,
  browser: async () => (await import("./browser.mjs")).browser,
};

const { values, positionals } = parseArgs({
  args: argv.slice(2),
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    peer: { type: "boolean", default: false },
    python: { type: "string", default: "python3" },
    rounds: { type: "string" },
    full: { type: "boolean" },
  },
});

const format = (value) => {
  if (Array.isArray(value)) return value.map(format).join(" to ");
  if (typeof value === "number" && !Number.isInteger(value)) return value.toPrecision(3);
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
};

async function run(name) {
  const load = benchmarks[name];
  if (load === undefined) {
    stdout.write(`Benchmarks: ${Object.keys(benchmarks).join(", ")}, all\n`);
    process.exitCode = 2;
    return;
  }
  const work = await load();
  const rounds = values.rounds === undefined ? {} : { rounds: Number(values.rounds) };
  const rows = await work({ ...rounds, full: values.full, python: values.peer ? values.python : undefined });
  const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: version };
  if (values.json) for (const row of rows) stdout.write(`${JSON.stringify({ ...row, ...machine })}\n`);
  else {
    stdout.write(`${name}: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}\n`);
    for (const { name, ...figures } of rows) {
      stdout.write(`\n${name}\n`);
      for (const [figure, value] of Object.entries(figures)) stdout.write(`  ${figure.padEnd(24)} ${format(value)}\n`);
    }
  }
}

function runAll() {
  const options = argv.slice(2).filter((argument) => argument !== "all");
  for (const name of Object.keys(benchmarks)) {
    const begin = performance.now();
    const { status } = spawnSync(execPath, [fileURLToPath(import.meta.url), name, ...options], { stdio: "inherit" });
    stderr.write(`${name}: ${((performance.now() - begin) / 1000).toFixed(0)} s in all\n\n`);
    if (status !== 0) process.exitCode = 1;
  }
}

if (positionals.length === 1 && positionals[0] === "all") runAll();
else await run(positionals.length === 1 ? positionals[0] : "");
