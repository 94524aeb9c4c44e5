import { expect, it } from "vitest";
import { unitBox } from "../../images/index.ts";
import { cropToBoxes, drawBoxes } from "./film-controls.ts";

const film = { width: 8, height: 6, pixels: Uint8Array.from({ length: 48 }, (_, i) => i) };

function picture({ width, pixels }: { width: number; pixels: Uint8Array }): string[] {
  const rows = Array.from({ length: pixels.length / width }, (_, y) => pixels.subarray(y * width, (y + 1) * width));
  return rows.map((row) => [...row].map((level) => (level === 255 ? "#" : ".")).join(""));
}

it("draws the outline of each box inside its edge, and leaves the film as it was", () => {
  const drawn = drawBoxes(film, [unitBox(0.25, 0, 0.875, 5 / 6), unitBox(0, 0.5, 0.125, 1), unitBox(0.5, 0, 0.4, 1)]);
  expect(picture(drawn)).toEqual(["..#####.", "..#...#.", "..#...#.", "#.#...#.", "#.#####.", "#......."]);
  expect(picture(film)).toEqual(new Array(6).fill("........"));
  expect(drawn.pixels[9]).toBe(9);
});

it("draws thicker lines, which fill a small box", () => {
  expect(picture(drawBoxes(film, [unitBox(0, 0, 0.625, 5 / 6)], 0.3))).toEqual([
    ...["#####...", "#####...", "##.##...", "#####...", "#####...", "........"],
  ]);
});

it("crops to the rectangle around the boxes, with a margin that ends at the border", () => {
  const crop = cropToBoxes(film, [unitBox(0.25, 1 / 6, 0.5, 0.5), unitBox(0.375, 0.5, 0.5, 4 / 6)]);
  expect(crop).toEqual({ width: 2, height: 3, pixels: Uint8Array.of(10, 11, 18, 19, 26, 27) });
  expect(cropToBoxes(film, [unitBox(0.25, 1 / 6, 0.5, 4 / 6)], 1)).toMatchObject({ width: 6, height: 6 });
  expect(cropToBoxes(film, [])).toBe(film);
});
