import { expect, it } from "vitest";
import { pythonSplit, pythonStrip } from "./python-strings.ts";

it("splits and strips at Python's white space, not at JavaScript's", () => {
  expect(pythonSplit("\u001ca\u0085b\u00a0c\u3000d\u2009\n")).toEqual(["a", "b", "c", "d"]);
  expect(pythonSplit("a\ufeffb\u200bc")).toEqual(["a\ufeffb\u200bc"]);
  expect(pythonStrip("\u001f \ta b\u2028")).toBe("a b");
  expect(pythonStrip("\ufeffa")).toBe("\ufeffa");
  expect(pythonSplit("  ")).toEqual([]);
  expect(pythonStrip(" ")).toBe("");
});

it("takes no more than a text's length for long runs of spaces", () => {
  const text = `a${" ".repeat(1_000_000)}b`;
  expect(pythonStrip(text).length).toBe(text.length);
  expect(pythonSplit(text)).toEqual(["a", "b"]);
});
