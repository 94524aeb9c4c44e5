/** The words of option resolution: layers, sources, and what comes out of them. */
import type { z } from "zod";
import type { FileSection } from "./config-file.ts";

/** Where a value comes from. */
export interface Source {
  readonly layer: "default" | "preset" | "file" | "flag";
  /** The flag, the file with line and column, or the preset with its name. */
  readonly where: string;
}

/** The options of one call of one command. */
export interface Resolved {
  /** The command's section in a configuration file. */
  readonly section: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** By key, for every key of `options`. */
  readonly sources: Readonly<Record<string, Source>>;
}

/** Named sets of option values; the option `key` chooses one. They stand above the defaults, below file and flags. */
export interface PresetTables {
  readonly key: string;
  readonly tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a command gives to its resolution. */
export interface OptionRules {
  readonly options: z.ZodObject;
  readonly presets?: PresetTables;
}

/** What a call adds. */
export interface Layers {
  readonly section: string;
  readonly file: FileSection;
  /** By key, as the command line gave them. */
  readonly flags: ReadonlyMap<string, unknown>;
}

/** A value above the defaults. */
export interface Given {
  readonly value: unknown;
  readonly source: Source;
}
