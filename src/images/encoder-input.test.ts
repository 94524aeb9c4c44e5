import { expect, it } from "vitest";
import { expectClose } from "../../tests/support/expect-close.ts";
import { unitBox } from "./boxes.ts";
import { clipInput, maskInput } from "./encoder-input.ts";

/** Left, right, top and bottom border of the lit rectangle in a square image. */
function litRectangle(pixels: Uint8Array, side: number) {
  const lit = [...pixels.keys()].filter((i) => pixels[i]! > 127);
  const columns = lit.map((i) => i % side);
  const rows = lit.map((i) => Math.floor(i / side));
  return [Math.min(...columns), Math.max(...columns) + 1, Math.min(...rows), Math.max(...rows) + 1];
}

const film = { width: 400, height: 200 };
const box = [unitBox(0.5, 0.25, 0.625, 0.5)];

it("puts a box of a film that is not square where hand calculation puts it", () => {
  // crop: scaled 64×32, view from column 16: x 32..40 → 16..24, y 8..16
  expect(litRectangle(maskInput(box, film, { fit: "crop", side: 32 }).pixels, 32)).toEqual([16, 24, 8, 16]);
  // pad: scaled 32×16, eight black rows above: x 16..20, y 4..8 → 12..16
  expect(litRectangle(maskInput(box, film, { fit: "pad", side: 32 }).pixels, 32)).toEqual([16, 20, 12, 16]);
  // stretch: x 16..20, y 8..16
  expect(litRectangle(maskInput(box, film, { fit: "stretch", side: 32 }).pixels, 32)).toEqual([16, 20, 8, 16]);
});

it("is all black without boxes", () => {
  expect(maskInput([], film, { fit: "crop", side: 32 }).pixels).toEqual(new Uint8Array(32 * 32));
});

it("subtracts CLIP's mean and divides by its deviation, channel by channel", () => {
  const tensor = clipInput({ width: 2, height: 1, pixels: Uint8Array.of(0, 255) });
  const expected = [
    [0.48145466, 0.26862954],
    [0.4578275, 0.26130258],
    [0.40821073, 0.27577711],
  ].flatMap(([mean, deviation]) => [-mean! / deviation!, (1 - mean!) / deviation!]);
  expectClose(tensor, expected, "float32Engine");
});
