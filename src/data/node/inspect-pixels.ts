/** What a check keeps of a film whose pixels it looked at: a kilobyte or two. */
import { filmPrint, type ImageSource } from "../../images/index.ts";
import { readFilm } from "../../images/node/index.ts";
import type { FilmReading } from "../check.ts";

/** Decodes a film and keeps what tells it from others. @throws DataError when it cannot be read */
export async function inspectPixels(source: ImageSource): Promise<FilmReading> {
  const film = await readFilm(source);
  const { width, height, colourModel, depth } = film;
  return { width, height, colourModel, depth, print: filmPrint(film) };
}
