import { describe, expect, it } from "vitest";
import { readGolden } from "./golden.ts";

describe("readGolden", () => {
  const golden = readGolden<{ readonly header: { readonly script: string } }>("adamw");

  it("reads the manifest and float32 arrays of the written shape", () => {
    expect(golden.manifest.header.script).toBe("oracle/adamw.py");
    const start = golden.array("matrix/start");
    expect(start.shape).toEqual([3, 4]);
    expect(start.data.some((value) => value !== 0)).toBe(true);
  });

  it("gives the arrays under a prefix without it", () => {
    expect([...golden.under("hf-0/matrix/").keys()].sort()).toEqual(["m", "p", "v"]);
  });

  it("fails on names that do not exist", () => {
    expect(() => golden.array("matrix/strat")).toThrow(/no array matrix\/strat/);
    expect(() => golden.under("nothing/")).toThrow(/no arrays under nothing/);
    expect(() => readGolden("no-such-topic")).toThrow();
  });
});
