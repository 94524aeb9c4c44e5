/** From YAML to a study, or to a message with the line and key of what is wrong. */
import { isMap, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { UsageError } from "../../base/errors.ts";

type Path = readonly PropertyKey[];

/** A YAML text whose values know their lines. */
export class LocatedYaml {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document;

  /** @throws UsageError when the text is no YAML */
  constructor(text: string, file: string) {
    this.#file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const problem = [...this.#document.errors, ...this.#document.warnings][0];
    if (problem !== undefined) {
      throw new UsageError("The study file is not valid YAML.", {
        where: this.#at(problem.pos[0]),
        found: problem.message,
      });
    }
  }

  get value(): unknown {
    try {
      return this.#document.toJS();
    } catch (error) {
      // An alias without its anchor.
      const found = error instanceof Error ? error.message : String(error);
      throw new UsageError("The study file cannot be read.", { where: this.#file, found }, { cause: error });
    }
  }

  #at(offset: number): string {
    return `${this.#file}, line ${this.#lines.linePos(offset).line}`;
  }

  /** File and line of a value, or of the nearest one around it. */
  place(path: Path): string {
    for (let length = path.length; length >= 0; length--) {
      const keys = path.slice(0, length);
      const node = length === 0 ? this.#document.contents : this.#document.getIn(keys, true);
      if (!isNode(node)) continue;
      const parent = length === 0 ? undefined : this.#document.getIn(keys.slice(0, -1), true);
      const holder = length === 1 ? this.#document.contents : parent;
      const key = isMap(holder)
        ? holder.items.find((item) => String(item.key) === String(keys.at(-1)))?.key
        : undefined;
      const start = (isNode(key) ? key : node).range?.[0];
      return this.#at(start ?? 0);
    }
    return this.#file;
  }

  at(path: Path): unknown {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    return isNode(node) ? node.toJS(this.#document) : undefined;
  }
}

/** Of a union's branches the one that went furthest: the one that was meant. */
function meant(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const depth = (issues: readonly z.core.$ZodIssue[]) => Math.max(0, ...issues.map(({ path }) => path.length));
  const [best] = [...issue.errors].filter((issues) => issues.length > 0).sort((a, b) => depth(b) - depth(a));
  if (best === undefined) return issue;
  const inner = meant(best[0]!);
  return { ...inner, path: [...issue.path, ...inner.path] };
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  return typeof value === "object" ? (Array.isArray(value) ? "a list" : "a map") : JSON.stringify(value);
}

/** The error for what a schema refuses in a YAML text. */
export function refusal(issues: readonly z.core.$ZodIssue[], yaml: LocatedYaml): UsageError {
  const issue = meant(issues[0]!);
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  if (issue.code === "unrecognized_keys") {
    const path = [...issue.path, issue.keys[0]!];
    return new UsageError("The study file has a key that nobody knows.", {
      where: `${yaml.place(path)}, ${path.join(".")}${more}`,
      expected: "one of the keys in docs/studies.md",
      found: issue.keys.join(", "),
    });
  }
  return new UsageError("The study file is not valid.", {
    where: `${yaml.place(issue.path)}, ${issue.path.join(".") || "the whole"}${more}`,
    expected: issue.message
      .replace(/^(Invalid|Too)[^:]*: /, "")
      .replace(/^expected /, "")
      .replace(/, received .*$/, ""),
    found: show(yaml.at(issue.path)),
  });
}

/** @throws UsageError with file, line and key */
export function parseLocated<T>(schema: z.ZodType<T>, yaml: LocatedYaml): T {
  const parsed = schema.safeParse(yaml.value);
  if (parsed.success) return parsed.data;
  throw refusal(parsed.error.issues, yaml);
}

/** @throws UsageError for a value that does not fit together with others, with file, line and key */
export function contradiction(yaml: LocatedYaml, path: Path, expected: string, found: string): UsageError {
  return new UsageError("The study file contradicts itself.", {
    where: `${yaml.place(path)}, ${path.map(String).join(".")}`,
    expected,
    found,
  });
}
