import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Random } from "../../base/random.ts";
import { cardiothoracicRatio, drawAnatomy } from "./anatomy.ts";
import { drawExposure, renderFilm } from "./film.ts";
import { findingKinds } from "./findings/index.ts";
import { rowAt, xAt } from "./lungs.ts";

const size = 192;

function normalFilm(seed: number) {
  const random = new Random(seed);
  const anatomy = drawAnatomy(random, seed % 2 === 0 ? "F" : "M");
  const film = renderFilm({ anatomy, exposure: drawExposure(random, "PA"), paint: [] }, size);
  /** Mean level of the 9 × 9 pixels (of 192 × 192) around a place. */
  const level = (x: number, y: number) => {
    let sum = 0;
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) sum += film[(Math.floor(y * size) + dy) * size + Math.floor(x * size) + dx]!;
    }
    return sum / 81;
  };
  return { anatomy, film, level };
}

describe("a normal film", () => {
  const films = Array.from({ length: 12 }, (_, seed) => normalFilm(seed));

  it("shows dark lungs between brighter heart, abdomen and chest wall, and black air outside", () => {
    for (const { anatomy, level } of films) {
      const { right, left } = anatomy.lungs;
      const rightLung = level(xAt(anatomy, "right", 0.22), rowAt(right, 0.3));
      const lungs = [rightLung, level(xAt(anatomy, "left", 0.26), rowAt(left, 0.3))];
      const { centre } = anatomy.heart;
      const [heart, abdomen] = [level(centre.x, centre.y), level(anatomy.midline, 0.94)];
      expect(Math.min(heart, abdomen)).toBeGreaterThan(1.4 * Math.max(...lungs));
      const chestWall = level(xAt(anatomy, "right", right.outerReach + 0.02), 0.5);
      expect(chestWall).toBeGreaterThan(1.1 * rightLung);
      expect(level(0.03, 0.03)).toBeLessThan(0.7 * Math.min(...lungs));
    }
  });

  it("has the heart mostly on the viewer's right, of normal size", () => {
    for (const { anatomy, level } of films) {
      expect(cardiothoracicRatio(anatomy)).toBeLessThan(0.5);
      const y = anatomy.heart.centre.y;
      expect(level(xAt(anatomy, "left", 0.15), y)).toBeGreaterThan(1.25 * level(xAt(anatomy, "right", 0.15), y));
    }
  });

  it("uses the 16 bits and is not clipped to white", () => {
    for (const { film } of films) {
      expect(new Set(film).size).toBeGreaterThan(4000);
      expect(film.reduce((most, value) => Math.max(most, value))).toBeGreaterThan(50_000);
      expect(film.filter((value) => value === 65535).length / film.length).toBeLessThan(0.02);
    }
  });
});

it("depends on its plan only", () => {
  expect(normalFilm(3).film).toEqual(normalFilm(3).film);
  expect(normalFilm(3).film).not.toEqual(normalFilm(4).film);
});

it("knows no finding by name, nor do the studies and the release", () => {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => {
    return /(?<!\.test)\.ts$/.test(name) && !name.startsWith("findings");
  });
  for (const name of sources) {
    const text = readFileSync(`${folder}${name}`, "utf8").toLowerCase();
    for (const { label } of findingKinds) expect(text.includes(label.toLowerCase()), `${label} in ${name}`).toBe(false);
  }
});

it("is computed with correctly rounded arithmetic only, so that every machine agrees", () => {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /(?<!\.test)\.ts$/.test(name),
  );
  expect(sources.length).toBeGreaterThan(15);
  for (const name of sources) {
    const text = readFileSync(`${folder}${name}`, "utf8");
    const used = [...text.matchAll(/Math\.(\w+)/g)].map((match) => match[1]);
    const exact = ["abs", "ceil", "floor", "max", "min", "round", "sqrt"];
    expect(
      used.filter((name) => !exact.includes(name!)),
      name,
    ).toEqual([]);
    expect(text, name).not.toMatch(/\.normal\(\)|Date\.|toLocale/);
  }
});
