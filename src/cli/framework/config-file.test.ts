import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../base/errors.ts";
import { readSections } from "./config-file.ts";

fc.configureGlobal({ seed: 17 });

const known = ["train", "data-synth"];
const read = (text: string) => readSections(text, "run.yaml", known);

function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error("The text was accepted.");
}

describe("readSections", () => {
  it("gives each value with the line and column of its key", () => {
    const train = read("# comment\ntrain:\n  epochs: 3\n  boxes: [a, b]\ndata-synth:\n").get("train");
    expect(train?.get("epochs")).toEqual({ value: 3, where: "run.yaml, line 3, column 3" });
    expect(train?.get("boxes")).toEqual({ value: ["a", "b"], where: "run.yaml, line 4, column 3" });
    expect(read("train:\n").get("train")).toEqual(new Map());
    expect(read("")).toEqual(new Map());
    expect(read("# nothing but a comment\n")).toEqual(new Map());
  });

  it.each([
    ["an unknown section", "trian:\n  epochs: 3\n", /line 1, column 1[\s\S]*Did you mean train\?/],
    ["a section that is no map", "train: 3\n", /line 1, column 1[\s\S]*expected: train: \{key: value\}/],
    ["a file that is no map", "- train\n", /has no sections/],
    ["the same key twice", "train:\n  epochs: 3\n  epochs: 4\n", /line 3, column 3[\s\S]*unique/],
    ["the same section twice", "train:\n  epochs: 3\ntrain:\n  epochs: 4\n", /line 3, column 1/],
    ["text that is no YAML", "train:\n  epochs: [1, 2\n", /line 3/],
    ["a key that is a number", "train:\n  1: 2\n", /line 2, column 3[\s\S]*plain name/],
    ["an unknown tag", "train:\n  epochs: !secret 3\n", /line 2/],
    ["an alias without its anchor", "train:\n  epochs: *missing\n", /missing/],
    ["two documents", "train:\n---\ntrain:\n", /line 2|line 3/],
  ])("refuses %s", (_, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  it("reads a hostile key as any other", () => {
    expect(read("train:\n  __proto__: 1\n").get("train")?.get("__proto__")?.value).toBe(1);
    expect(refusal("__proto__: 1\n")).toMatch(/No command has the section __proto__/);
  });

  it("answers any text with sections or a UsageError", () => {
    const fragment = fc.constantFrom(
      "train:",
      "\n",
      "  ",
      "a: ",
      "- ",
      "[",
      "{",
      "&x ",
      "*x",
      "!t ",
      "<<: ",
      '"',
      "#",
      "? ",
      "|",
      "---",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fragment).map((parts) => parts.join("")),
        ),
        (text) => {
          try {
            expect(read(text)).toBeInstanceOf(Map);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
