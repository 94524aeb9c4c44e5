/**
 * The file of `--config`: YAML with one section per command (`train:`, `data-synth:`), holding the command's options
 * under their camelCase keys. Every value keeps its line and column for messages.
 */
import { isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLMap } from "yaml";
import { RegionFormerError, UsageError } from "../../base/errors.ts";
import { didYouMean } from "./suggest.ts";

/** A value as the file gives it. */
export interface FileValue {
  readonly value: unknown;
  /** File, line and column of its key. */
  readonly where: string;
}

/** The values of one section by key; keys are not checked against any command yet. */
export type FileSection = ReadonlyMap<string, FileValue>;

class ConfigReader {
  readonly #path: string;
  readonly #lines = new LineCounter();
  readonly #document;

  constructor(text: string, path: string) {
    this.#path = path;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const problem = [...this.#document.errors, ...this.#document.warnings][0];
    if (problem !== undefined) {
      throw new UsageError("The configuration is not valid YAML.", {
        where: this.#at(problem.pos[0]),
        found: problem.message,
      });
    }
  }

  #at(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#path}, line ${line}, column ${col}`;
  }

  #positionOf(node: unknown): string {
    return this.#at(isNode(node) ? (node.range?.[0] ?? 0) : 0);
  }

  *#entries(map: YAMLMap): Generator<{ key: string; value: unknown; where: string }> {
    for (const { key, value } of map.items) {
      const where = this.#positionOf(key);
      if (!isScalar(key) || typeof key.value !== "string") {
        throw new UsageError("A key of the configuration is not a name.", { where, expected: "a plain name" });
      }
      yield { key: key.value, value, where };
    }
  }

  #section(name: string, node: unknown, where: string): FileSection {
    if (node === null || (isScalar(node) && node.value === null)) return new Map();
    if (!isMap(node)) {
      throw new UsageError(`The section ${name} is not a list of options.`, {
        where,
        expected: `${name}: {key: value}`,
      });
    }
    const values = new Map<string, FileValue>();
    for (const { key, value, where } of this.#entries(node)) {
      values.set(key, { value: isNode(value) ? value.toJS(this.#document) : value, where });
    }
    return values;
  }

  sections(known: readonly string[]): ReadonlyMap<string, FileSection> {
    const top = this.#document.contents;
    const sections = new Map<string, FileSection>();
    if (top === null || (isScalar(top) && top.value === null)) return sections;
    if (!isMap(top)) {
      throw new UsageError("The configuration has no sections.", {
        where: this.#positionOf(top),
        expected: `one section per command, such as ${known[0]}: {key: value}`,
      });
    }
    for (const { key, value, where } of this.#entries(top)) {
      if (!known.includes(key)) {
        throw new UsageError(`No command has the section ${key}.`, {
          where,
          found: key,
          remedy: didYouMean(key, known),
        });
      }
      sections.set(key, this.#section(key, value, where));
    }
    return sections;
  }
}

/**
 * The sections of a configuration file.
 * @param text the file's content
 * @param path its name, for messages
 * @param known the section names of all commands
 * @throws UsageError with line and column for anything that is not such a file, whatever the text
 */
export function readSections(text: string, path: string, known: readonly string[]): ReadonlyMap<string, FileSection> {
  try {
    return new ConfigReader(text, path).sections(known);
  } catch (error) {
    if (error instanceof RegionFormerError) throw error;
    // The YAML package throws plain errors for a few things, such as an alias without its anchor.
    const found = error instanceof Error ? error.message : String(error);
    throw new UsageError("The configuration cannot be read.", { where: path, found }, { cause: error });
  }
}
