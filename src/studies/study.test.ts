import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../base/errors.ts";
import { cellLabel, isSelected, readStudy, type StudyOptions } from "./study.ts";

const models = { encoderModel: "clip", decoderModel: "gpt2" };
const read = (text: string, options: StudyOptions = models) => readStudy(text, "mine.yaml", options);

const two = `study: two
title: Two axes
axes:
  mode: { key: mode, values: [image, mask] }
  percent:
    label: rows
    values:
      - { name: 50, set: { transforms: [{ kind: subset, percent: 50, by: row }] } }
      - { name: 100, set: {} }
`;

function refusal(text: string, options?: StudyOptions): string {
  try {
    read(text, options);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error("The text was accepted.");
}

describe("cells", () => {
  it("are all combinations, in the order of the axes, with their settings", () => {
    const { cells, axes, seeds } = read(two);
    expect(cells.map(({ place }) => cellLabel(place, axes))).toEqual([
      ...["image, rows 50", "image, rows 100", "mask, rows 50", "mask, rows 100"],
    ]);
    expect(cells[0]!.settings).toMatchObject({ mode: "image", epochs: 20, batchSize: 40, protocol: "clean" });
    expect(cells.map(({ settings }) => settings.transforms.length)).toEqual([1, 0, 1, 0]);
    expect(seeds).toEqual([0, 1, 2]);
  });

  it("are the named ones where blocks are given, each once", () => {
    const { cells } = read(`${two}cells:\n  - { mode: image, percent: 100 }\n  - { percent: 100 }\n`);
    expect(cells.map(({ place }) => Object.values(place).join("/"))).toEqual(["image/100", "mask/100"]);
  });

  it("of a transform in two axes have it once, with the settings of both", () => {
    const noise = (name: string, rest: string) =>
      `      - { name: ${name}, set: { transforms: [{ kind: box-noise, ${rest} }] } }`;
    const lines = ["study: noise", "title: Noise", "axes:", "  level:", "    values:", noise("3", "level: 3")];
    lines.push("  side:", "    values:", noise("test", "side: test"));
    const [cell] = read(lines.join("\n")).cells;
    expect(cell!.settings.transforms).toEqual([{ own: { kind: "box-noise", level: 3, side: "test" } }]);
  });

  it("have all transforms of one list, also several of a kind", () => {
    const list = (levels: readonly number[]) => `[${levels.map((level) => `{ kind: box-noise, level: ${level} }`)}]`;
    const base = "[{ kind: box-noise, level: 1, side: train }, { kind: box-noise, level: 2, side: test }]";
    const [cell] = read(`study: n\ntitle: N\nbase: { transforms: ${base} }\n`, {
      ...models,
      set: [`transforms=${list([5])}`],
    }).cells;
    expect(cell!.settings.transforms.map(({ own }) => [own.level, own.side])).toEqual([
      [5, "train"],
      [2, "test"],
    ]);
  });

  it("take the protocol's choices below their own", () => {
    const { cells } = read("study: one\ntitle: One\nbase: { selectOn: validation }\n", {
      ...models,
      protocol: "reference",
    });
    expect(cells[0]!.settings).toMatchObject({ id0InLoss: false, concatNorm: false, selectOn: "validation" });
  });

  it("can be narrowed and changed by flags", () => {
    const { cells, seeds } = read(two, { ...models, only: ["mode=mask"], set: ["epochs=2", "stop='!'"], seeds: 1 });
    expect(cells.map(({ place }) => place.mode)).toEqual(["mask", "mask"]);
    expect(cells[0]!.settings).toMatchObject({ epochs: 2, stop: "!" });
    expect(seeds).toEqual([0]);
    expect(refusal(two, { ...models, only: ["mode=both"] })).toMatch(/--only mode=both[\s\S]*image, mask[\s\S]*both/);
    expect(refusal(two, { ...models, set: ["epoch=2"] })).toMatch(/--set epoch=2[\s\S]*a key of/);
    expect(refusal(two, { ...models, set: ["epochs=two"] })).toMatch(/--set epochs=two/);
  });

  it("are wanted by values that are named apart, and by those with commas and signs of equality", () => {
    const places = (text: string, ...only: string[]) =>
      read(text, { ...models, only }).cells.map(({ place }) => Object.values(place)[0]);
    expect(places(two, "mode=image", "mode=mask", "percent=50")).toEqual(["image", "mask"]);
    const names = ["shuffled", "shuffled, test only", "none, test only", "k=2"];
    const values = names.map((name) => `{ name: "${name}", set: {} }`).join(", ");
    const text = `study: n\ntitle: N\naxes: { boxes: { values: [${values}] } }\n`;
    expect(places(text, "boxes=shuffled, test only")).toEqual(["shuffled, test only"]);
    expect(places(text, "boxes=none, test only,shuffled", "boxes=k=2")).toEqual(["shuffled", "none, test only", "k=2"]);
    expect(refusal(text, { ...models, only: ["boxes=shuffled,test only"] })).toMatch(/found: test only/);
  });

  it("have words of one line, whatever YAML makes of them", () => {
    const { title, notes } = read(`study: n\ntitle: >\n  One\n  two\nnotes:\n  - |\n    first\n    second\n`);
    expect([title, ...notes]).toEqual(["One two", "first second"]);
  });

  it("have what `quick` sets, below the file's own, only when it is asked for", () => {
    const text = `${two}base: { epochs: 7 }\nquick:\n  base: { batchSize: 3 }\n  axes: { mode: { key: mode, values: [mask] } }\n`;
    expect(read(text).cells).toHaveLength(4);
    const { cells } = read(text, { quick: { ...models, epochs: 5, beams: 2 } });
    expect(cells).toHaveLength(2);
    expect(cells[0]!.settings).toMatchObject({ epochs: 7, batchSize: 3, beams: 2, encoderModel: "clip" });
  });
});

describe("a study file that is not valid is refused with file, line and key:", () => {
  it.each([
    ["no YAML", "study: [", /mine\.yaml, line 1/],
    ["no title", "study: one\n", /mine\.yaml, line 1, title[\s\S]*expected: string[\s\S]*found: nothing/],
    ["an unknown key", `${two}colour: red\n`, /line 10, colour[\s\S]*found: colour/],
    ["an unknown setting", `${two}base:\n  epoch: 3\n`, /line 11, base\.epoch[\s\S]*found: epoch/],
    ["a wrong setting", `${two}base:\n  beams: 2\n  epochs: none\n`, /line 12, base\.epochs[\s\S]*number[\s\S]*"none"/],
    [
      "an axis of no key",
      two.replace("key: mode", "key: node"),
      /axes\.mode\.key[\s\S]*a key of a cell's settings[\s\S]*node/,
    ],
    ["a value that the key has not", two.replace("[image,", "[film,"), /line 4, axes\.mode\.values\.0[\s\S]*film/],
    ["a value twice", two.replace("name: 100", "name: 50"), /axes\.percent\.values[\s\S]*50 twice/],
    ["an unknown transform", two.replace("subset", "half"), /axes\.percent/],
    ["a transform with a seed", two.replace("by: row", "by: row, seed: 1"), /axes\.percent[\s\S]*seed/],
    ["a transform in part", two.replace(", by: row", ""), /mine\.yaml[\s\S]*by/],
    [
      "a comparison with an unknown axis",
      `${two}comparisons:\n  - title: A\n    baseline: { kind: image }\n    cells: {}\n`,
      /line 12, comparisons\.0\.baseline\.kind[\s\S]*mode, percent/,
    ],
    [
      "a table with an unknown value",
      `${two}tables:\n  - title: A\n    rows:\n      mode: [image, both]\n`,
      /line 13, tables\.0\.rows\.mode[\s\S]*image, mask[\s\S]*both/,
    ],
    ["a seed twice", `${two}seeds: [1, 2, 1]\n`, /line 10, seeds[\s\S]*each only once[\s\S]*found: a list/],
    ["references twice", `${two}metrics: { references: [own, own] }\n`, /metrics\.references[\s\S]*each only once/],
    ["the name of a shared folder", two.replace("study: two", "study: readings"), /line 1, study[\s\S]*"readings"/],
    [
      "a figure of no metric",
      `${two}figures:\n  - { kind: line, title: A, x: percent, series: mode, metrics: [BLEU-1, CIDER] }\n`,
      /line 11, figures\.0\.metrics\.1[\s\S]*profile authors: BLEU-1, [\s\S]*found: CIDER/,
    ],
    [
      "a figure of another profile's metric",
      `${two}metrics: { profile: coco }\nfigures:\n  - { kind: line, title: A, x: percent, series: mode, metrics: [F1CheXbert] }\n`,
      /figures\.0\.metrics\.0[\s\S]*profile coco/,
    ],
    [
      "a figure along words",
      `${two}figures:\n  - { kind: line, title: A, x: mode, series: percent, metrics: [CIDEr] }\n`,
      /figures\.0\.x[\s\S]*numbers[\s\S]*image/,
    ],
  ])("%s", (_, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  it("no model", () => {
    expect(refusal(two, {})).toMatch(/--encoder-model[\s\S]*try --quick/);
  });

  it("any text is answered with a study or a UsageError", () => {
    const fragment = fc.constantFrom(
      "study: ",
      "title: ",
      "axes:",
      "\n",
      "  ",
      "a",
      "- ",
      "[",
      "{",
      "}",
      "1",
      "*x",
      "&x ",
      "quick: ",
      "null",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fragment).map((parts) => parts.join("")),
        ),
        (text) => {
          try {
            expect(read(text).cells.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

it("a selector without axes means every cell", () => {
  expect(isSelected({ mode: "image" }, {})).toBe(true);
  expect(isSelected({ mode: "image" }, { mode: ["mask"] })).toBe(false);
});
