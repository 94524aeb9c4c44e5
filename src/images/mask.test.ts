import { expect, it } from "vitest";
import { unitBox } from "./boxes.ts";
import { boxMask } from "./mask.ts";

const rows = ({ pixels, width }: { pixels: Uint8Array; width: number }) =>
  Array.from({ length: pixels.length / width }, (_, y) =>
    Array.from(pixels.subarray(y * width, (y + 1) * width), (value) =>
      value === 255 ? "#" : value === 0 ? "." : "?",
    ).join(""),
  );

it("draws the union of the boxes, half-open", () => {
  const mask = boxMask([unitBox(0.2, 0, 0.6, 0.5), unitBox(0.5, 0.25, 1.3, 0.75)], { width: 10, height: 4 });
  expect(rows(mask)).toEqual([
    "..####....", //
    "..########",
    ".....#####",
    "..........",
  ]);
});

it("leaves no trace of a box without pixels, and is black without boxes", () => {
  const size = { width: 5, height: 3 };
  expect(boxMask([unitBox(0.8, 0.9, 0.2, 0.1), unitBox(0.5, 0, 0.5, 1)], size)).toEqual(boxMask([], size));
  expect(boxMask([], size).pixels).toEqual(new Uint8Array(15));
});
