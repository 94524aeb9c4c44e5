import { expect, it } from "vitest";
import { filmInput, fitToView, normalise, unitBox } from "../../images/index.ts";
import { readFilm } from "../../images/node/index.ts";
import { type FilmView, imageKey } from "../features.ts";
import { preprocess } from "./preprocess.ts";

const source = "docs/images/film.png";
const view = { fit: "crop", side: 64 } as const;
const box = unitBox(0.25, 0.5, 0.75, 0.75);
const boxLists = [[], [box], [box]];
const settings = { view, knownImages: new Set<string>(), knownMasks: new Set<string>() };
const shown = (filmView: FilmView, knownImages = settings.knownImages) =>
  preprocess({ source, boxLists }, { ...settings, knownImages, filmView });

it("a whole film is one image, whatever boxes there are", async () => {
  const { film, images, masks } = await shown("whole");
  expect(images.map(([key]) => key)).toEqual([film.key]);
  expect(masks).toHaveLength(2);
  expect(images[0]![1]).toEqual(filmInput(await readFilm(source), view));
  expect((await shown("whole", new Set([film.key]))).images).toEqual([]);
});

it("a film with boxes drawn on it is another image than the film, which rows without a box still see", async () => {
  const { film, images } = await shown("boxes drawn");
  expect(images.map(([key]) => key)).toEqual([film.key, imageKey([box], film, "boxes drawn")]);
  const [whole, drawn] = images.map(([, image]) => image.pixels);
  const changed = (x: number, y: number) => drawn![64 * y + x] !== whole![64 * y + x];
  // The outline runs inwards from a quarter and a half of the square; within and without is the film.
  expect([changed(16, 40), changed(47, 40), changed(30, 32), changed(30, 47)]).toEqual([true, true, true, true]);
  expect([changed(32, 40), changed(8, 8), changed(12, 40), changed(56, 60)]).toEqual([false, false, false, false]);
});

it("a film cut to its boxes is that part, fitted", async () => {
  const { film, images } = await shown("cropped to boxes");
  const { width, height, pixels } = normalise(await readFilm(source));
  const [left, top, right, bottom] = [0.25 * width, 0.5 * height, 0.75 * width, 0.75 * height].map(Math.round) as [
    ...[number, number, number, number],
  ];
  const part = new Uint8Array((right - left) * (bottom - top));
  for (let y = top; y < bottom; y++)
    part.set(pixels.subarray(y * width + left, y * width + right), (y - top) * (right - left));
  const expected = fitToView({ width: right - left, height: bottom - top, pixels: part }, view);
  expect(new Map(images).get(imageKey([box], film, "cropped to boxes"))).toEqual(expected);
});
