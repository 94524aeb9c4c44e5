import { expect, it } from "vitest";
import { decodeFilm } from "../../../images/node/index.ts";
import { findingKinds } from "../findings/index.ts";
import { findingSheet } from "./finding-sheet.ts";

it("shows a normal film and every finding, seven in a row", async () => {
  const size = 64;
  const picture = await decodeFilm(await findingSheet(1, size), "sheet.jpg");
  const rows = Math.ceil((findingKinds.length + 1) / 7);
  expect(picture.width).toBe(7 * (size + 4) + 4);
  expect(picture.height).toBe(rows * (size + 26) + 26);
});
