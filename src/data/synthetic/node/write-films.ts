/** Draws the films of one study and writes them. */
import { join } from "node:path";
import { writeFileAtomic } from "../../../base/node/files.ts";
import { encodePng16 } from "../../../images/node/index.ts";
import { type FilmPlan, renderFilm } from "../film.ts";
import { releaseFiles } from "../release.ts";
import type { SyntheticStudy } from "../study.ts";

/**
 * Writes the study's film, and the one before it where the report compares.
 * @param out the set's folder
 * @param size width and height in pixels
 * @throws DataError when a file cannot be written
 */
export async function writeFilms({ study, film, prior }: SyntheticStudy, out: string, size: number): Promise<void> {
  const write = async (folder: string, imageId: string, plan: FilmPlan) => {
    const png = await encodePng16({ width: size, height: size }, renderFilm(plan, size));
    await writeFileAtomic(join(out, folder, imageId), png);
  };
  await write(releaseFiles.images, study.imageId, film);
  if (prior !== undefined) await write(releaseFiles.priorImages, prior.imageId, prior.film);
}
