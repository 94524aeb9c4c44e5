import { expect, it } from "vitest";
import { lumaOfRgb, rgbOfCmyk } from "./luma.ts";

it("weighs red, green and blue, and leaves grey alone", () => {
  // (19595·255 + 32768) >> 16 = 76, (38470·255 + 32768) >> 16 = 150, (7471·255 + 32768) >> 16 = 29
  expect([...lumaOfRgb(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255))]).toEqual([76, 150, 29]);
  const greys = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
  expect([...lumaOfRgb(greys)]).toEqual(Array.from({ length: 256 }, (_, i) => i));
});

it("takes ink away from the light that black leaves", () => {
  // 255 - 55 = 200 of light; 102/255 of cyan takes 80 of it.
  expect([...rgbOfCmyk(Uint8Array.of(102, 0, 255, 55, 0, 0, 0, 0))]).toEqual([120, 200, 0, 255, 255, 255]);
});
