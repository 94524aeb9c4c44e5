import fc from "fast-check";
import { expect, it } from "vitest";
import { pixelBox, unitBox } from "./boxes.ts";
import type { GreyImage } from "./film.ts";
import { bandedMask, boxMask } from "./mask.ts";
import { resizeBicubic } from "./resample.ts";

const size = fc.integer({ min: 1, max: 40 });

/** Reproducible pixels of an image, from fast-check. */
const image = fc
  .tuple(size, size)
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height, maxLength: width * height })
      .map((pixels): GreyImage => ({ width, height, pixels: new Uint8Array(pixels) })),
  );

it("interpolates a step by hand", () => {
  // Doubling [0, 255]: centres at 0.25, 0.75, 1.25, 1.75 source pixels; two taps of the cubic, normalised to sum 1.
  const cubic = (x: number) => (x < 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2);
  const right = (near: number, far: number) => Math.round((255 * far) / (near + far));
  const quarter = right(cubic(0.25), cubic(0.75));
  const outer = Math.max(0, right(cubic(0.25), cubic(1.25)));
  const result = resizeBicubic({ width: 2, height: 1, pixels: Uint8Array.of(0, 255) }, { width: 4, height: 1 });
  expect([...result.pixels]).toEqual([outer, quarter, 255 - quarter, 255 - outer]);
});

it("changes nothing at the same size, nor on a constant image", () => {
  fc.assert(
    fc.property(image, size, size, (source, width, height) => {
      expect(resizeBicubic(source, source)).toEqual(source);
      const flat = { ...source, pixels: source.pixels.map(() => 137) };
      expect(resizeBicubic(flat, { width, height }).pixels.every((value) => value === 137)).toBe(true);
    }),
  );
});

it("computes a part as if it had been cropped from the whole", () => {
  fc.assert(
    fc.property(image, size, size, fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), (source, width, height, draws) => {
      const x1 = draws[0] % width;
      const y1 = draws[1] % height;
      const part = pixelBox(x1, y1, x1 + 1 + (draws[2] % (width - x1)), y1 + 1 + (draws[3] % (height - y1)));
      const whole = resizeBicubic(source, { width, height });
      const cropped: number[] = [];
      for (let y = part.y1; y < part.y2; y++) {
        cropped.push(...whole.pixels.subarray(y * width + part.x1, y * width + part.x2));
      }
      const computed = resizeBicubic(source, { width, height }, part);
      expect(computed).toMatchObject({ width: part.x2 - part.x1, height: part.y2 - part.y1 });
      expect([...computed.pixels]).toEqual(cropped);
    }),
  );
});

it("resizes bands as the image they stand for", () => {
  const edge = fc.array(fc.double({ min: -0.2, max: 1.2, noNaN: true }), { minLength: 4, maxLength: 4 });
  const boxes = fc.array(
    edge.map(([x1, y1, x2, y2]) =>
      unitBox(Math.min(x1!, x2!), Math.min(y1!, y2!), Math.max(x1!, x2!), Math.max(y1!, y2!)),
    ),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(
      boxes,
      size,
      fc.integer({ min: 1, max: 160 }),
      size,
      size,
      (boxes, width, height, toWidth, toHeight) => {
        const to = { width: toWidth, height: toHeight };
        const part = pixelBox(Math.floor(toWidth / 3), Math.floor(toHeight / 4), toWidth, toHeight);
        const [bands, drawn] = [bandedMask(boxes, { width, height }), boxMask(boxes, { width, height })];
        expect(resizeBicubic(bands, to)).toEqual(resizeBicubic(drawn, to));
        expect(resizeBicubic(bands, to, part)).toEqual(resizeBicubic(drawn, to, part));
      },
    ),
  );
});
