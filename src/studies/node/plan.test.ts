import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Study as Film } from "../../data/index.ts";
import type { Features, FilmEntry } from "../../features/index.ts";
import { unitBox } from "../../images/index.ts";
import { readStudy, type StudyOptions } from "../study.ts";
import { builtInStudyText } from "./built-in.ts";
import { drawCells, type PlanParts, planStudy, type StudyPlan } from "./plan.ts";

/** Studies of two sentences: one with a box, one negative. */
function films(count: number): Film[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ studyId: `s${i}`, imageId: `f${i}.png`, imagePath: `f${i}.png`, patientId: `p${i}` },
    split: i % 5 === 3 ? ("validation" as const) : i % 5 === 4 ? ("test" as const) : ("train" as const),
    findings: [true, false].map((abnormal) => ({
      sentence: { en: `finding ${i} ${abnormal}`, es: `hallazgo ${i} ${abnormal}` },
      ...{ abnormal, labels: [], locations: [], progression: undefined },
      boxes: abnormal ? [unitBox(0.1, 0.2, 0.3 + 0.001 * i, 0.5)] : [],
      extraBoxes: abnormal && i % 2 === 0 ? [unitBox(0.2, 0.2, 0.4, 0.5)] : [],
    })),
  }));
}

const encoder = {
  ...{ name: "clip", path: "clip", hash: "e", preprocessing: "1" },
  view: { fit: "crop" as const, side: 224 },
};

function partsOf(all: readonly Film[], more: Partial<PlanParts> = {}): PlanParts {
  const entries = all.map(({ imageId }): [string, FilmEntry] => [
    imageId,
    { key: `key of ${imageId}`, width: 10, height: 10, colourModel: "grey" },
  ]);
  const features: Pick<Features, "encoder" | "films"> = { encoder, films: new Map(entries) };
  return {
    featuresOf: ({ fit }) => ({ ...features, encoder: { ...encoder, view: { fit, side: 224 } } }),
    decoderOf: () => ({ name: "gpt2", path: "gpt2", hash: "d" }),
    folders: { trainings: {}, cells: {} },
    ...more,
  };
}

async function planOf(name: string, all: readonly Film[], options: StudyOptions = {}, more: Partial<PlanParts> = {}) {
  const { text, file } = await builtInStudyText(name);
  const study = readStudy(text, file, { encoderModel: "clip", decoderModel: "gpt2", ...options });
  return planStudy(drawCells(study, all), partsOf(all, more));
}

const identities = ({ uses }: StudyPlan, place: Readonly<Record<string, string>>) =>
  uses
    .filter((use) => Object.entries(place).every(([axis, value]) => use.place[axis] === value))
    .map(({ cell }) => cell.id);

const all = films(40);

describe("the paper's three studies", () => {
  it("share the cells that are the same", async () => {
    const [grounding, scale, noise] = [
      await planOf("grounding", all),
      await planOf("data-scale", all),
      await planOf("box-noise", all),
    ];
    expect(grounding.trainings).toHaveLength(9);
    // 5 parts and the whole of two modes, and the image alone, with three seeds.
    expect(scale.trainings).toHaveLength(39);
    const both = identities(grounding, { mode: "image+mask" });
    expect(identities(scale, { percent: "100", mode: "image+mask" })).toEqual(both);
    expect(identities(noise, { level: "0", side: "both" })).toEqual(both);
    expect(identities(scale, { mode: "image" })).toEqual(identities(grounding, { mode: "image" }));
    const distinct = new Set([grounding, scale, noise].flatMap(({ trainings }) => trainings.map(({ id }) => id)));
    expect(distinct.size).toBe(39 + 5 * 3);
  });

  it("train once for noise on the test's boxes, and once for noise on one side or both", async () => {
    const noise = await planOf("box-noise", all, { seeds: 1 });
    expect(noise.trainings).toHaveLength(6);
    const folders = (place: Readonly<Record<string, string>>) =>
      noise.uses
        .filter(({ place: own }) => own.level === place.level && own.side === place.side)
        .map(({ cell }) => cell);
    expect(folders({ level: "3", side: "test" })[0]!.training.id).toBe(
      folders({ level: "0", side: "test" })[0]!.training.id,
    );
    expect(folders({ level: "3", side: "both" })[0]!.training.id).toBe(
      folders({ level: "3", side: "train" })[0]!.training.id,
    );
    expect(new Set(noise.uses.map(({ cell }) => cell.id)).size).toBe(1 + 5 * 3);
  });
});

describe("a cell's identity", () => {
  const first = async (options: StudyOptions, some: readonly Film[] = all, more: Partial<PlanParts> = {}) =>
    (await planOf("grounding", some, { seeds: 1, ...options }, more)).uses.map(({ cell }) => cell.id);

  it("changes with settings, seed, models, films and sentences", async () => {
    const ids = await first({});
    const changed = all.map((film, i) =>
      i === 0
        ? { ...film, findings: film.findings.map((each) => ({ ...each, sentence: { en: "else", es: "" } })) }
        : film,
    );
    const otherFilm = partsOf(all).featuresOf;
    for (const others of [
      await first({ set: ["epochs=3"] }),
      await first({ set: ["fit=pad"] }),
      await first({ set: ["beams=4"] }),
      await first({}, changed),
      await first({}, all, { decoderOf: () => ({ name: "gpt2", path: "gpt2", hash: "other" }) }),
      await first({}, all, {
        featuresOf: (settings) => {
          const { films, encoder } = otherFilm(settings);
          return { encoder, films: new Map([...films].map(([id, film]) => [id, { ...film, key: `${film.key}!` }])) };
        },
      }),
    ]) {
      expect(others).toHaveLength(3);
      for (const id of others) expect(ids).not.toContain(id);
    }
  });

  it("does not change with what changes no result: names, places, the order of studies", async () => {
    const ids = await first({});
    expect(await first({}, all, { decoderOf: () => ({ name: "moved", path: "elsewhere", hash: "d" }) })).toEqual(ids);
    expect(await first({ only: ["mode=image"] })).toEqual(ids.slice(0, 1));
  });

  it("of the image alone does not see boxes", async () => {
    const moved = all.map((film) => ({
      ...film,
      findings: film.findings.map((each) => ({ ...each, boxes: each.boxes.map(() => unitBox(0, 0, 0.5, 0.5)) })),
    }));
    const [before, after] = [await first({}), await first({}, moved)];
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });
});

it("a folder that another study named is used again", async () => {
  const grounding = await planOf("grounding", all, { seeds: 1 });
  const known = Object.fromEntries(grounding.trainings.map(({ id }) => [id, { folder: `named ${id}` }]));
  const noise = await planOf("box-noise", all, { seeds: 1 }, { folders: { trainings: known, cells: {} } });
  expect(noise.trainings[0]!.folder).toBe(`named ${noise.trainings[0]!.id}`);
  const names = noise.trainings.map(({ folder }) => folder);
  expect(new Set(names).size).toBe(names.length);
});

describe("subsets", () => {
  it("are nested, and other ones with another seed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: 60 }), async (count) => {
        const plan = await planOf("data-scale", films(count), { seeds: 2, only: ["mode=mask"] });
        for (const seed of [0, 1]) {
          const sets = ["5", "10", "20", "50", "80", "100"].map((percent) => {
            const use = plan.uses.find(({ place, seed: own }) => place.percent === percent && own === seed)!;
            return new Set(use.cell.training.train.map(({ sentence }) => sentence));
          });
          for (const [i, small] of sets.slice(0, -1).entries()) {
            expect([...small].every((each) => sets[i + 1]!.has(each))).toBe(true);
            expect(small.size).toBe(Math.floor((sets.at(-1)!.size * [5, 10, 20, 50, 80][i]!) / 100));
          }
        }
      }),
      { numRuns: 10 },
    );
    const plan = await planOf("data-scale", all, { seeds: 2, only: ["mode=mask", "percent=50"] });
    const [a, b] = plan.trainings.map(({ train }) => train.map(({ sentence }) => sentence));
    expect(a).not.toEqual(b);
  });

  it("leave validation and test as they are", async () => {
    const plan = await planOf("data-scale", all, { seeds: 1 });
    expect(new Set(plan.uses.map(({ cell }) => cell.test.length)).size).toBe(1);
    expect(new Set(plan.trainings.map(({ selection }) => selection.length)).size).toBe(1);
  });
});

it("a fraction of boxes keeps all rows, in training and validation, and the test's boxes", async () => {
  const plan = await planOf("grounded-fraction", all, { seeds: 1, only: ["mode=image+mask"] });
  const withBoxes = (rows: readonly { readonly boxes: readonly unknown[] }[]) =>
    rows.filter(({ boxes }) => boxes.length > 0).length;
  const [none, ...others] = plan.uses.map(({ cell }) => cell);
  expect(none!.training.train).toHaveLength(others.at(-1)!.training.train.length);
  expect([withBoxes(none!.training.train), withBoxes(none!.training.selection), withBoxes(none!.test)]).toEqual([
    0, 0, 8,
  ]);
  const counts = plan.uses.map(({ cell }) => withBoxes(cell.training.train));
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
});

it("every built-in study plans, quick and not", async () => {
  const names = ["controls", "readers", "language", "encoders", "mappers", "prefix-length"];
  for (const name of names) {
    for (const quick of [undefined, { encoderModel: "clip", decoderModel: "gpt2" }]) {
      const plan = await planOf(name, all, { quick, seeds: 1 });
      expect(plan.uses.length, name).toBeGreaterThan(3);
      for (const { train, selection, cells } of plan.trainings) {
        expect(train.length).toBeGreaterThan(0);
        expect(selection.length).toBeGreaterThan(0);
        for (const { test } of cells) expect(test.length).toBeGreaterThan(0);
      }
    }
  }
});
