/**
 * The frame of every command: one schema becomes flags, YAML keys, defaults, help and the resolved file; results go to
 * stdout, everything else to stderr; errors become exit codes. What a command does is not here, and nothing here knows
 * a command: the table of them is handed in.
 */
export type { Context, Log, Progress } from "./context.ts";
export { type ArgumentSpec, type Command, type CommandResult, defineCommand } from "./define.ts";
export { abortOnInterrupt, ignoreBrokenPipe } from "./host.ts";
export type { Resolved } from "./layers.ts";
export { packageInfo } from "./package-info.ts";
export type { CommandEntry, Registry } from "./registry.ts";
export { type Environment, runCli } from "./run.ts";
