import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../tests/support/expect-close.ts";
import { boxArea, unitBox } from "./boxes.ts";
import {
  type EncoderView,
  filmToView,
  fitNames,
  fractionOutsideView,
  placeView,
  viewToFilm,
  visiblePart,
} from "./view.ts";

const landscape = { width: 400, height: 200 };
const view = (fit: EncoderView["fit"], side = 224): EncoderView => ({ fit, side });

describe("placeView", () => {
  it("crops the middle of the longer side", () => {
    expect(placeView(landscape, view("crop"))).toEqual({ scaled: { width: 448, height: 224 }, left: 112, top: 0 });
  });

  it("pads the shorter side evenly", () => {
    expect(placeView(landscape, view("pad"))).toEqual({ scaled: { width: 224, height: 112 }, left: 0, top: -56 });
  });

  it("stretches to the square", () => {
    expect(placeView(landscape, view("stretch"))).toEqual({ scaled: { width: 224, height: 224 }, left: 0, top: 0 });
  });

  it("puts half a pixel to the even side, and cuts the longer side to a whole number", () => {
    // 224·301/181 = 372.5 → 372 by truncation; 33·3/2 = 49.5 → 49, (49 - 33)/2 = 8; 7·5/2 = 17, (17 - 7)/2 = 5
    expect(placeView({ width: 181, height: 301 }, view("crop")).scaled).toEqual({ width: 224, height: 372 });
    expect(placeView({ width: 3, height: 2 }, view("crop", 33)).left).toBe(8);
    // (225 - 224)/2 = 0.5 → 0 and (227 - 224)/2 = 1.5 → 2
    expect(placeView({ width: 225, height: 224 }, view("crop")).left).toBe(0);
    expect(placeView({ width: 227, height: 224 }, view("crop")).left).toBe(2);
  });
});

describe("what the view shows", () => {
  it("is the middle half of a film twice as wide as high, by hand", () => {
    expect(visiblePart(landscape, view("crop"))).toEqual(unitBox(0.25, 0, 0.75, 1));
    expect(visiblePart({ width: 200, height: 400 }, view("crop"))).toEqual(unitBox(0, 0.25, 1, 0.75));
  });

  it.each(["pad", "stretch"] as const)("is everything with %s", (fit) => {
    expect(visiblePart(landscape, view(fit))).toEqual(unitBox(0, 0, 1, 1));
    expect(fractionOutsideView(unitBox(0, 0, 0.1, 0.1), landscape, view(fit))).toBe(0);
  });

  it.each([
    ["inside", unitBox(0.3, 0.1, 0.7, 0.9), 0],
    ["half cut off on the left", unitBox(0.2, 0.1, 0.3, 0.9), 0.5],
    ["cut off on both sides", unitBox(0, 0, 1, 1), 0.5],
    ["lost on the right", unitBox(0.8, 0.1, 0.9, 0.9), 1],
    ["reaching over the film: only its part on the film counts", unitBox(-1, 0, 0.5, 1), 0.5],
    ["without area", unitBox(0.1, 0.5, 0.1, 0.9), 0],
  ])("leaves out of a box %s", (_, box, expected) => {
    expectClose([fractionOutsideView(box, landscape, view("crop"))], [expected], "float64Sum");
  });

  it("is a share between 0 and 1 for any film, box and fit", () => {
    const side = fc.integer({ min: 1, max: 3000 });
    const edge = fc.double({ min: -0.2, max: 1.2, noNaN: true });
    fc.assert(
      fc.property(side, side, fc.constantFrom(...fitNames), edge, edge, edge, edge, (width, height, fit, ...edges) => {
        const film = { width, height };
        expect(boxArea(visiblePart(film, view(fit)))).toBeGreaterThan(0);
        const outside = fractionOutsideView(unitBox(...edges), film, view(fit));
        expect(outside).toBeGreaterThanOrEqual(0);
        expect(outside).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("filmToView", () => {
  const numbers = ({ x1, y1, x2, y2 }: ReturnType<typeof unitBox>) => [x1, y1, x2, y2];

  it("puts the middle half of a landscape's columns across a cropped view", () => {
    expect(numbers(filmToView(unitBox(0.25, 0, 0.5, 1), landscape, view("crop")))).toEqual([0, 0, 0.5, 1]);
    expect(numbers(filmToView(unitBox(0, 0.5, 1, 1), landscape, view("crop")))).toEqual([-0.5, 0.5, 1.5, 1]);
  });

  it("puts a landscape into the middle half of a padded view's rows", () => {
    expect(numbers(filmToView(unitBox(0.5, 0, 1, 1), landscape, view("pad")))).toEqual([0.5, 0.25, 1, 0.75]);
  });

  it("comes back by viewToFilm, whatever film and fit", () => {
    const side = fc.integer({ min: 20, max: 3000 });
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        side,
        side,
        fc.constantFrom(...fitNames),
        fc.tuple(unit, unit, unit, unit),
        (width, height, fit, of) => {
          const film = { width, height };
          const there = filmToView(unitBox(...of), film, view(fit));
          numbers(viewToFilm(there, film, view(fit))).forEach((value, i) => {
            expect(value).toBeCloseTo(of[i]!, 9);
          });
        },
      ),
    );
  });
});
