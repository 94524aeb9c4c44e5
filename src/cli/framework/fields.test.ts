import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineCommand } from "./define.ts";
import { readFields } from "./fields.ts";

describe("readFields", () => {
  it("finds kind, default, choices and description through every wrapper", () => {
    const schema = z.object({
      batchSize: z.number().int().positive().default(40).describe("Rows in a batch."),
      id0InLoss: z.boolean().describe("Inner description.").default(true),
      fit: z.enum(["crop", "pad"]).default("crop").describe("Fit."),
      box: z.array(z.string()).default([]).describe("A box."),
      threads: z.number().optional().describe("Threads."),
      out: z.string().describe("Folder."),
    });
    expect(readFields(schema)).toEqual([
      field({ key: "batchSize", flag: "batch-size", kind: "number", summary: "Rows in a batch.", defaultValue: 40 }),
      field({ key: "id0InLoss", flag: "id0-in-loss", summary: "Inner description.", defaultValue: true }),
      field({
        key: "fit",
        flag: "fit",
        kind: "choice",
        choices: ["crop", "pad"],
        summary: "Fit.",
        defaultValue: "crop",
      }),
      field({ key: "box", flag: "box", kind: "string", repeatable: true, summary: "A box.", defaultValue: [] }),
      field({ key: "threads", flag: "threads", kind: "number", summary: "Threads." }),
      field({ key: "out", flag: "out", kind: "string", summary: "Folder.", required: true }),
    ]);
  });

  it.each([
    ["a nested object", { a: z.object({}).describe("x") }, /a flag can carry/],
    [
      "a transform, which would not survive the resolved file",
      { a: z.string().transform(Number).describe("x") },
      /a flag can carry/,
    ],
    ["an array of switches", { a: z.array(z.boolean()).describe("x") }, /carries no value/],
    ["no description", { a: z.string() }, /describe it/],
    ["a name of the framework", { dryRun: z.boolean().describe("x") }, /owns this name/],
    ["a negated name", { noMask: z.boolean().describe("x") }, /name it positively/],
    ["a name that is not camelCase", { batch_size: z.number().describe("x") }, /camelCase/],
  ])("refuses %s", (_, shape, message) => {
    expect(() => readFields(z.object(shape))).toThrow(message);
  });
});

describe("defineCommand", () => {
  const options = z.object({
    protocol: z.enum(["clean", "paper"]).default("clean").describe("Protocol."),
    epochs: z.number().int().default(20).describe("Epochs."),
  });
  const parts = { arguments: [], options, examples: [], run: async () => ({ document: {}, text: "" }) };

  it("takes presets of the schema's own options", () => {
    expect(() =>
      defineCommand({ ...parts, presets: { key: "protocol", tables: { clean: {}, paper: { epochs: 3 } } } }),
    ).not.toThrow();
  });

  it("refuses a preset with a value that the schema refuses", () => {
    const tables = { clean: {}, paper: { epochs: 2.5 } };
    expect(() => defineCommand({ ...parts, presets: { key: "protocol", tables } })).toThrow(/int/);
  });

  it("refuses a preset for an option or a choice that does not exist, and one that sets its own key", () => {
    // Widened, as the compiler refuses these where it sees them.
    const refuse = (tables: Record<"clean" | "paper", object>, message: RegExp) => {
      expect(() => defineCommand({ ...parts, presets: { key: "protocol", tables } })).toThrow(message);
    };
    refuse({ clean: {}, paper: { epoch: 2 } }, /epoch/);
    refuse({ clean: {}, paper: { protocol: "clean" } }, /chose it/);
    const withUnknownChoice = { clean: {}, paper: {}, papr: {} };
    refuse(withUnknownChoice, /protocol/);
  });
});

function field(parts: object): object {
  return { kind: "boolean", choices: [], repeatable: false, required: false, defaultValue: undefined, ...parts };
}
