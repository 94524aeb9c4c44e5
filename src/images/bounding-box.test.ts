import fc from "fast-check";
import { expect, it } from "vitest";
import { boxNumbers } from "./bounding-box.ts";
import { unitBox } from "./boxes.ts";

it("gives four numbers: the rectangle around all boxes on the image", () => {
  const four = boxNumbers([unitBox(0.5, -1, 0.75, 0.25), unitBox(0.25, 0.5, 0.5, 2), unitBox(0.9, 0.1, 0.8, 0.2)]);
  expect([...four]).toEqual([0.25, 0, 0.75, 1]);
  expect([...boxNumbers([])]).toEqual([0, 0, 0, 0]);
  const edge = fc.double({ min: 0.01, max: 0.49, noNaN: true });
  fc.assert(
    fc.property(edge, edge, edge, edge, (x, y, width, height) => {
      const box = unitBox(x, y, x + width, y + height);
      expect([...boxNumbers([box])]).toEqual([box.x1, box.y1, box.x2, box.y2].map(Math.fround));
    }),
  );
});
