/** The table of commands: what the top-level help lists, without importing any command. */
import { UsageError } from "../../base/errors.ts";
import type { Command } from "./define.ts";
import { didYouMean } from "./suggest.ts";

export interface CommandEntry {
  /** One word, or a group and a word. */
  readonly path: readonly [string] | readonly [string, string];
  /** One line for lists of commands. */
  readonly summary: string;
  /** Imports the command; called only when it is used. */
  load(): Promise<Command>;
}

export interface Registry {
  readonly program: string;
  readonly summary: string;
  /** Each group's one-line summary, and the command that takes a YAML file named right after the group. */
  readonly groups: Readonly<Record<string, string | { readonly summary: string; readonly runsFiles: string }>>;
  readonly commands: readonly CommandEntry[];
}

/** A group's one-line summary. */
export function groupSummary({ groups }: Registry, name: string): string {
  const group = groups[name];
  return typeof group === "object" ? group.summary : (group ?? "");
}

/** The command's section in a configuration file: its words joined by a dash. */
export function sectionOf(entry: CommandEntry): string {
  return entry.path.join("-");
}

/**
 * The command that a command line calls.
 * @param words its words without flags; those after the command are arguments
 * @returns undefined when the words stop at the program or at a group
 * @throws UsageError for a word that is no command, with the nearest one
 */
export function findCommand({ program, commands }: Registry, words: readonly string[]): CommandEntry | undefined {
  const [first, second] = words;
  if (first === undefined) return undefined;
  const single = commands.find(({ path }) => path.length === 1 && path[0] === first);
  if (single !== undefined) return single;
  const group = commands.filter(({ path }) => path[0] === first);
  const isGroup = group.length > 0;
  if (isGroup && second === undefined) return undefined;
  const grouped = group.find(({ path }) => path[1] === second);
  if (grouped !== undefined) return grouped;
  const known = isGroup
    ? group.flatMap(({ path }) => path[1] ?? [])
    : [...new Set(commands.map(({ path }) => path[0]))];
  const found = isGroup ? `${second}` : first;
  throw new UsageError(`There is no command ${isGroup ? `${first} ` : ""}${found}.`, {
    where: isGroup ? `${program} ${first}` : program,
    found,
    remedy: didYouMean(found, known),
  });
}
