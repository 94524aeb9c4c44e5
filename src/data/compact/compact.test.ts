import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unitBox } from "../../images/index.ts";
import type { Finding, Study } from "../vocabulary.ts";
import { Groups } from "./groups.ts";
import { KeyTable, repeated } from "./key-table.ts";
import { Records } from "./records.ts";
import { PackedStudies, packFinding, unpackFinding } from "./studies.ts";

fc.configureGlobal({ seed: 17 });

const texts = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "\uD800", "\uFEFFx", "Nodule.", "é"));
const edge = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(-0, 0, Number.POSITIVE_INFINITY));
const boxes = fc.array(
  fc.tuple(edge, edge, edge, edge).map((corners) => unitBox(...corners)),
  { maxLength: 3 },
);
const findings: fc.Arbitrary<Finding> = fc.record({
  sentence: fc.record({ en: texts, es: texts }),
  abnormal: fc.constantFrom(undefined, true, false),
  boxes,
  extraBoxes: boxes,
  labels: fc.array(texts, { maxLength: 2 }),
  locations: fc.array(texts, { maxLength: 2 }),
  progression: fc.constantFrom(undefined, "stable" as const, "improved" as const, "worsened" as const),
});
const member = {
  ...{ parts: ["a.zip.001", "a.zip.002"], name: "x/1.png", offset: 2 ** 40, compressedSize: 1, uncompressedSize: 2 },
  ...{ isDeflated: true, crc32: 0xffffffff },
};
const images = fc.constantFrom(undefined, "1.png", "a/b/1.png", "a\\b\\1.png", "/x/1.dcm", member);
const studies: fc.Arbitrary<Study> = fc
  .record({
    studyId: texts,
    imageId: fc.constantFrom("1.png", "2.png"),
    imagePath: images,
    patientId: fc.option(texts, { nil: undefined }),
    split: fc.constantFrom(undefined, "train" as const, "validation" as const, "test" as const),
    findings: fc.array(findings, { maxLength: 3 }),
    prior: fc.option(fc.record({ studyId: texts, imageId: texts, imagePath: images }), { nil: undefined }),
  })
  .map(({ prior, ...study }) => (prior === undefined ? study : { ...study, prior }));

describe("packed studies", () => {
  it("are what they were: torn surrogates, signs of zero, films within archives", () => {
    fc.assert(
      fc.property(fc.array(studies, { maxLength: 6 }), (list) => {
        const packed = PackedStudies.of(list);
        expect(packed.length).toBe(list.length);
        expect([...packed]).toEqual(list);
        expect(packed.at(list.length - 1)).toEqual(list.at(-1));
        expect([...packed.drain()]).toEqual(list);
        expect([...packed]).toEqual([]);
      }),
    );
  });

  it("and so are single findings", () => {
    fc.assert(
      fc.property(findings, (finding) => {
        expect(unpackFinding(JSON.parse(JSON.stringify(packFinding(finding))))).toEqual(finding);
      }),
    );
  });
});

describe("records", () => {
  it("hold values of any length, more than a block's too", () => {
    const values = [..."ab"].flatMap((letter, i) => [
      letter.repeat(400_000 * (i + 1)),
      { i, é: [null] },
      letter.repeat(3_000_000),
    ]);
    const records = new Records();
    for (const value of [...values, ...values]) records.add(value);
    expect(values.every((value, i) => JSON.stringify(records.at(i + values.length)) === JSON.stringify(value))).toBe(
      true,
    );
    expect([...records.drain()]).toEqual([...values, ...values]);
    expect(records.at(0)).toBeUndefined();
  });

  it("of many values keep their order", () => {
    const records = new Records();
    for (let i = 0; i < 5000; i++) expect(records.add([i])).toBe(i);
    expect([...records.drain()]).toEqual(Array.from({ length: 5000 }, (_, i) => [i]));
  });
});

describe("key table", () => {
  it("does what a map from texts to numbers does", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(texts, fc.integer({ min: 1, max: 2 ** 32 - 1 }))), (pairs) => {
        const [table, map] = [new KeyTable(), new Map<string, number>()];
        for (const [key, bits] of pairs) {
          expect(table.add(key, bits)).toBe(map.get(key) ?? 0);
          map.set(key, ((map.get(key) ?? 0) | bits) >>> 0);
        }
        expect(table.size).toBe(map.size);
        for (const [key, bits] of map) expect(table.bitsOf(key)).toBe(bits);
      }),
    );
  });

  it("keeps 200,000 IDs of 39 digits apart that differ in a digit or two", () => {
    const table = new KeyTable();
    for (let i = 0; i < 200_000; i++) table.add(`${"7".repeat(30)}${String(i).padStart(9, "0")}`);
    expect([table.size, table.bitsOf("7".repeat(39))]).toEqual([200_000, 0]);
  });

  it("finds what occurs again, and groups of which the bits differ", () => {
    const list = ["a", "b", "a", "c", "b", "a"];
    expect([...repeated(list, (text) => text)]).toEqual([
      ["a", ["a", "a", "a"]],
      ["b", ["b", "b"]],
    ]);
    expect([
      ...repeated(
        [...list.entries()],
        ([, text]) => (text === "b" ? undefined : text),
        ([i]) => (i < 3 ? 1 : 2),
      ).keys(),
    ]).toEqual(["a"]);
  });
});

describe("groups", () => {
  it("do what a map of lists does", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", "", "é"), fc.integer())), (pairs) => {
        const [groups, map] = [new Groups(), new Map<string, number[]>()];
        for (const [key, value] of pairs) {
          groups.add(key, value);
          map.set(key, [...(map.get(key) ?? []), value]);
        }
        expect([...groups]).toEqual([...map]);
        expect([groups.first("a"), groups.valuesOf("a")]).toEqual([map.get("a")?.[0], map.get("a") ?? []]);
      }),
    );
  });
});
