import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { readSections } from "./config-file.ts";
import type { Layers } from "./layers.ts";
import { resolveOptions } from "./resolve.ts";
import { resolvedYaml } from "./resolved-yaml.ts";

const options = z.object({
  protocol: z.enum(["clean", "paper", "reference"]).default("clean").describe("Protocol."),
  selectOn: z.enum(["validation", "test"]).default("validation").describe("Split that chooses the checkpoint."),
  concatNorm: z.boolean().default(true).describe("Normalise the pair."),
  batchSize: z.number().int().positive().default(40).describe("Rows in a batch."),
  rate: z.number().default(2e-5).describe("Learning rate."),
  box: z.array(z.string()).default([]).describe("A box."),
  threads: z.number().int().optional().describe("Threads."),
});
const presets = {
  key: "protocol",
  tables: { clean: {}, paper: { selectOn: "test" }, reference: { selectOn: "test", concatNorm: false } },
};
const rules = { options, presets };

function layers(yaml: string, flags: Readonly<Record<string, unknown>> = {}): Layers {
  const file = readSections(yaml, "run.yaml", ["train"]).get("train") ?? new Map();
  return { section: "train", file, flags: new Map(Object.entries(flags)) };
}

function refusal(yaml: string, flags: Readonly<Record<string, unknown>> = {}): string {
  try {
    resolveOptions(rules, layers(yaml, flags));
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error("The options were accepted.");
}

describe("the layers", () => {
  it("start from the schema's defaults, and leave out what has none", () => {
    const { options: resolved, sources } = resolveOptions(rules, layers(""));
    expect(resolved).toEqual({
      protocol: "clean",
      selectOn: "validation",
      concatNorm: true,
      batchSize: 40,
      rate: 2e-5,
      box: [],
    });
    expect(new Set(Object.values(sources).map(({ layer }) => layer))).toEqual(new Set(["default"]));
    expect(Object.keys(sources)).toEqual(Object.keys(resolved));
  });

  it("put presets above defaults, the file above presets, flags above the file", () => {
    const yaml = "train:\n  selectOn: validation\n  batchSize: 8\n  rate: 1e-3\n";
    const { options: resolved, sources } = resolveOptions(
      rules,
      layers(yaml, { protocol: "reference", rate: "2.5e-4" }),
    );
    expect(resolved).toMatchObject({ selectOn: "validation", concatNorm: false, batchSize: 8, rate: 2.5e-4 });
    expect(sources).toEqual({
      protocol: { layer: "flag", where: "--protocol" },
      selectOn: { layer: "file", where: "run.yaml, line 2, column 3" },
      concatNorm: { layer: "preset", where: "protocol reference" },
      batchSize: { layer: "file", where: "run.yaml, line 3, column 3" },
      rate: { layer: "flag", where: "--rate" },
      box: { layer: "default", where: "default" },
    });
  });

  it("let the file choose the preset, and a flag choose another", () => {
    const yaml = "train: {protocol: reference}";
    expect(resolveOptions(rules, layers(yaml)).options).toMatchObject({ selectOn: "test", concatNorm: false });
    const overridden = resolveOptions(rules, layers(yaml, { protocol: "paper" }));
    expect(overridden.options).toMatchObject({ selectOn: "test", concatNorm: true });
  });

  it("give a frozen object, arrays included", () => {
    const resolved = resolveOptions(rules, layers("", { box: ["a"] }));
    for (const value of [resolved, resolved.options, resolved.sources, resolved.options.box, resolved.sources.box]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
  });
});

describe("a value that is refused", () => {
  it("in the file is named with line, key, expected and found", () => {
    expect(refusal("train:\n  rate: 1\n  batchSize: -4\n")).toBe(
      "An option is not valid.\n  where: run.yaml, line 3, column 3, batchSize\n  expected: number to be >0\n  found: -4",
    );
    expect(refusal("train:\n  batchSize:\n")).toMatch(/expected: number\n {2}found: nothing/);
    expect(refusal("train:\n  box: [a, 3]\n")).toMatch(/expected: string\n {2}found: 3/);
  });

  it("in a flag is named by the flag, and a number is read strictly", () => {
    for (const text of ["4O", "", "0x10", "1_000", "Infinity", "4 0", "--3"]) {
      expect(refusal("", { batchSize: text })).toBe(
        `An option is not valid.\n  where: --batch-size\n  expected: number\n  found: ${JSON.stringify(text)}`,
      );
    }
    expect(refusal("", { batchSize: "2.5" })).toMatch(/where: --batch-size\n {2}expected: int\n {2}found: 2.5/);
  });

  it("comes with the nearest choice", () => {
    expect(refusal("train: {protocol: papper}")).toMatch(/found: "papper"\n {2}what to do: Did you mean paper\?/);
  });

  it("is reported together with the others", () => {
    const message = refusal("train:\n  box: 3\n", { batchSize: "0", protocol: "paper" });
    expect(message).toMatch(/^2 options are missing or not valid\./);
    expect(message).toMatch(/--batch-size: expected number to be >0, found 0/);
    expect(message).toMatch(/run\.yaml, line 2, column 3, box: expected array, found 3/);
  });

  it("may be one that is missing", () => {
    const needy = { options: z.object({ out: z.string().describe("Folder to write to.") }) };
    expect(() => resolveOptions(needy, layers(""))).toThrow(
      /A needed option is missing\.\n {2}where: --out\n {2}expected: Folder to write to\./,
    );
  });

  it("may be a combination", () => {
    const paired = {
      options: z
        .object({ low: z.number().default(0).describe("Low."), high: z.number().default(1).describe("High.") })
        .refine(({ low, high }) => low < high, { path: ["low"], message: "below high" }),
    };
    expect(() => resolveOptions(paired, layers("", { high: "-1" }))).toThrow(
      /where: --low\n {2}expected: below high\n {2}found: 0/,
    );
  });
});

it("refuses unknown keys with the nearest one and its place", () => {
  expect(refusal("train:\n  batch_size: 3\n")).toBe(
    "The section train has no option batch_size.\n  where: run.yaml, line 2, column 3\n  found: batch_size\n" +
      "  what to do: Did you mean batchSize?",
  );
  expect(refusal("train:\n  __proto__: {batchSize: 3}\n")).toMatch(/no option __proto__/);
});

describe("resolvedYaml", () => {
  it("names the source of each value", () => {
    const resolved = resolveOptions(rules, layers("train: {batchSize: 8}", { protocol: "paper", box: ["0,0,1,1"] }));
    expect(resolvedYaml(resolved)).toMatchInlineSnapshot(`
      "train:
        protocol: paper # --protocol
        selectOn: test # protocol paper
        concatNorm: true # default
        batchSize: 8 # run.yaml, line 1, column 9
        rate: 0.00002 # default
        box: [ "0,0,1,1" ] # --box
      "
    `);
  });

  it("resolves to the same options when read again, whatever they are", () => {
    const given = fc.record(
      {
        protocol: fc.constantFrom("clean", "paper", "reference"),
        concatNorm: fc.boolean(),
        batchSize: fc.integer({ min: 1 }),
        rate: fc.double({ noNaN: true, noDefaultInfinity: true }),
        box: fc.array(
          fc.string({
            unit: fc.oneof(fc.string({ unit: "grapheme", maxLength: 1 }), fc.constantFrom("\n", "#", ":", "\t", "'")),
          }),
        ),
        threads: fc.integer(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(given, (flags) => {
        const first = resolveOptions(rules, layers("", flags));
        const again = resolveOptions(rules, layers(resolvedYaml(first)));
        expect(again.options).toEqual(first.options);
        expect(new Set(Object.values(again.sources).map(({ layer }) => layer))).toEqual(new Set(["file"]));
      }),
      { numRuns: 300 },
    );
  });
});
