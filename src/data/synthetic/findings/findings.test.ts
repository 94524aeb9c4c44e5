/** What every finding promises: that its boxes hold what it changes on the film, and that its words fit the place. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../base/random.ts";
import { intersectionOverUnion, type UnitBox } from "../../../images/index.ts";
import { drawAnatomy } from "../anatomy.ts";
import { drawExposure, renderFilm } from "../film.ts";
import type { FindingKind } from "../finding.ts";
import { drawPose, posed, type View } from "../pose.ts";
import { pointBounds } from "../shapes.ts";
import { findingKinds } from "./index.ts";

const size = 256;

const seedCount = 6;

/** A patient without findings, filmed; the same for every finding, so drawn once. */
function normalFilm(view: View, seed: number) {
  const random = Random.named(seed, view);
  const anatomy = posed(drawAnatomy(random, seed % 2 === 0 ? "F" : "M"), drawPose(random, view));
  const exposure = drawExposure(random, view);
  return { anatomy, exposure, film: renderFilm({ anatomy, exposure, paint: [] }, size) };
}

const normalFilms = new Map<string, ReturnType<typeof normalFilm>>();

/** A film with the finding and the film of the same patient without it, alike in everything else: pose, exposure, noise. */
function filmPair(kind: FindingKind, seed: number) {
  const view = kind.isBedside || seed % 4 === 0 ? "AP" : "PA";
  const name = `${view} ${seed}`;
  const normal = normalFilms.get(name) ?? normalFilm(view, seed);
  normalFilms.set(name, normal);
  // From the slightest to the largest.
  const extent = (seed % seedCount) / (seedCount - 1);
  const anatomy = kind.reshape?.(normal.anatomy, Random.named(seed, "shape"), extent) ?? normal.anatomy;
  const placement = kind.place(anatomy, Random.named(seed, "place"), extent);
  const paint = placement.paint === undefined ? [] : [placement.paint];
  const film = renderFilm({ anatomy, exposure: normal.exposure, paint }, size);
  return { placement, anatomy, difference: Float64Array.from(film, (level, i) => Math.abs(level - normal.film[i]!)) };
}

const placeOf = (i: number) => ({ x: ((i % size) + 0.5) / size, y: (Math.floor(i / size) + 0.5) / size });

/** Distance of a place from a box, in the maximum norm; 0 inside. */
function distance({ x1, y1, x2, y2 }: UnitBox, { x, y }: { x: number; y: number }): number {
  return Math.max(x1 - x, x - x2, y1 - y, y - y2, 0);
}

/** Share of the absolute difference inside the boxes' union. */
function shareInside(difference: Float64Array, boxes: readonly UnitBox[]): number {
  let inside = 0;
  let sum = 0;
  difference.forEach((value, i) => {
    sum += value;
    if (boxes.some((box) => distance(box, placeOf(i)) === 0)) inside += value;
  });
  return inside / sum;
}

/** For each box, the bounds of the significant difference (a tenth of the largest) that lies nearest to it. */
function boundsOfDifference(difference: Float64Array, boxes: readonly UnitBox[]): UnitBox[] {
  const threshold = 0.1 * difference.reduce((largest, value) => Math.max(largest, value));
  const nearest = boxes.map((): { x: number; y: number }[] => []);
  difference.forEach((value, i) => {
    if (value < threshold) return;
    const distances = boxes.map((box) => distance(box, placeOf(i)));
    nearest[distances.indexOf(Math.min(...distances))]?.push(placeOf(i));
  });
  return nearest.map((points) => pointBounds(points, 0.5 / size));
}

describe.each(findingKinds.map((kind) => [kind.label, kind] as const))("%s", (_, kind) => {
  const seeds = Array.from({ length: seedCount }, (__, i) => 7000 + i);
  const pairs = seeds.map((seed) => filmPair(kind, seed));

  it("changes the film almost only inside its boxes", () => {
    for (const { difference, placement } of pairs) {
      expect(shareInside(difference, placement.boxes)).toBeGreaterThanOrEqual(0.9);
    }
  });

  it("is boxed as tightly as it shows", () => {
    for (const { difference, placement } of pairs) {
      boundsOfDifference(difference, placement.boxes).forEach((bounds, i) => {
        expect(intersectionOverUnion(bounds, placement.boxes[i]!)).toBeGreaterThanOrEqual(0.6);
      });
    }
  });

  it("can be seen: somewhere it changes the film by at least a twentieth of the grey range", () => {
    for (const { difference } of pairs) expect(Math.max(...difference)).toBeGreaterThan(65535 / 20);
  });

  it("is named on the side where its box lies", () => {
    for (const { placement, anatomy } of pairs) {
      const side = placement.locations.find((location) => location === "right" || location === "left");
      if (side === undefined) continue;
      expect(placement.sentence.en).toMatch(side === "right" ? /right|middle lobe/i : /left|lingula/i);
      expect(placement.sentence.es).toMatch(side === "right" ? /derech|lóbulo medio/i : /izquierd|língula/i);
      for (const { x1, x2 } of placement.boxes) {
        // Lines cross to the other side.
        if (x1 < anatomy.midline && anatomy.midline < x2) continue;
        expect((x1 + x2) / 2 < anatomy.midline ? "right" : "left").toBe(side);
      }
    }
  });

  it("has several wordings of its presence and its absence", () => {
    const normal = normalFilm("PA", 1).anatomy;
    const sentences = Array.from({ length: 40 }, (__, seed) => {
      const anatomy = kind.reshape?.(normal, Random.named(7, "shape"), 0.9) ?? normal;
      return kind.place(anatomy, Random.named(seed, "place"), 0.9).sentence;
    });
    for (const language of ["en", "es"] as const) {
      expect(new Set(sentences.map((sentence) => sentence[language])).size).toBeGreaterThanOrEqual(3);
      expect(new Set(kind.absent.map((sentence) => sentence[language])).size).toBeGreaterThanOrEqual(2);
    }
  });

  it("has sentences in both languages, for its presence and its absence", () => {
    for (const sentence of [...kind.absent, ...pairs.map(({ placement }) => placement.sentence)]) {
      for (const text of [sentence.en, sentence.es]) expect(text).toMatch(/^[A-ZÁÍ].*[a-záéíóú]\.$/);
    }
  });
});

it("are the twenty-seven, each with kin that exists", () => {
  expect(findingKinds).toHaveLength(27);
  const labels = findingKinds.map(({ label }) => label);
  for (const { kin = [] } of findingKinds) for (const label of kin) expect(labels).toContain(label);
});

it("measures boxes that are wrong as wrong", () => {
  const { difference, placement } = filmPair(findingKinds.find(({ label }) => label === "nodule")!, 7000);
  const shifted = placement.boxes.map((box) => ({ ...box, x1: box.x1 + 0.02, x2: box.x2 + 0.02 }));
  expect(shareInside(difference, shifted)).toBeLessThan(0.9);
  expect(intersectionOverUnion(boundsOfDifference(difference, shifted)[0]!, shifted[0]!)).toBeLessThan(0.6);
});

it("has no two findings of one label", () => {
  expect(new Set(findingKinds.map(({ label }) => label)).size).toBe(findingKinds.length);
});
