#!/usr/bin/env node
/** The program `regionformer`. */
import { registry } from "./commands/index.ts";
import { abortOnInterrupt, ignoreBrokenPipe, runCli } from "./framework/index.ts";

const { stdout, stderr } = process;
ignoreBrokenPipe(stdout);
ignoreBrokenPipe(stderr);
const signal = abortOnInterrupt(process, (message) => void stderr.write(`${message}\n`));
process.exitCode = await runCli(
  process.argv.slice(2),
  { stdout, stderr, signal, now: () => performance.now() },
  registry,
);
