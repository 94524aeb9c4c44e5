/** Where the images of studies are: found by name, as files or within archives. */
import { extname } from "node:path";
import { type ImageSource, sourceName, type ZipMember } from "../../images/index.ts";
import type { Studies } from "../compact/studies.ts";
import { listed } from "../consistency.ts";
import { type Problem, problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";
import { indexArchives } from "./archives.ts";
import type { FileIndex } from "./file-index.ts";

/** The folder of the release that holds the images of prior studies; they are no study's own. */
const priorFolder = /prior_studies/i;

/** Where images are, by file name: as files, and within archives where no file has the name. */
export interface ImageIndex {
  readonly files: FileIndex;
  readonly members: ReadonlyMap<string, readonly ZipMember[]>;
}

/** A film may be there as the DICOM file that its PNG was made from, and a system may have changed its ending to capitals. */
function namesOf(imageId: string): readonly string[] {
  const ending = extname(imageId);
  const name = ending === "" ? imageId : imageId.slice(0, -ending.length);
  const others = [ending.toUpperCase(), ".dcm", ".DCM", ".dicom", ".DICOM"];
  return [imageId, ...others.map((other) => `${name}${other}`)];
}

function sourcesOf(imageId: string, { files, members }: ImageIndex, isPrior: boolean): readonly ImageSource[] {
  const names = namesOf(imageId);
  const found = [files, members].flatMap((index) => names.map((name): readonly ImageSource[] => index.get(name) ?? []));
  const first = found.find((sources) => sources.length > 0) ?? [];
  const inPlace = first.filter((source) => priorFolder.test(sourceName(source)) === isPrior);
  return inPlace.length > 0 ? inPlace : first;
}

/** Says where each study's images are, one study after the other. */
export class ImagePlaces {
  readonly #index: ImageIndex;
  readonly #ambiguous = new Map<string, readonly ImageSource[]>();
  /** Studies whose prior image is not there, and whether any lies in the folder of prior studies. */
  readonly #withoutPrior: string[] = [];
  #hasPriorFolder = false;

  constructor(index: ImageIndex) {
    this.#index = index;
  }

  place(study: Study): Study {
    const sources = sourcesOf(study.imageId, this.#index, false);
    if (sources.length > 1) this.#ambiguous.set(study.imageId, sources);
    const own = { ...study, imagePath: sources[0] };
    if (study.prior === undefined) return own;
    const [priorPath] = sourcesOf(study.prior.imageId, this.#index, true);
    if (priorPath === undefined) this.#withoutPrior.push(study.studyId);
    else this.#hasPriorFolder ||= priorFolder.test(sourceName(priorPath));
    return { ...own, prior: { ...study.prior, imagePath: priorPath } };
  }

  /** Names that several files have, and gaps in the folder of prior studies. */
  get problems(): Problem[] {
    const ambiguous = [...this.#ambiguous].map(([imageId, sources]) => {
      const what = `${sources.length} files have this name; ${sourceName(sources[0]!)} is used.`;
      return problem("ambiguous-image", `image ${imageId}`, what);
    });
    const lacking = this.#withoutPrior;
    // Without the folder, which is optional, nobody misses them.
    if (lacking.length === 0 || !this.#hasPriorFolder) return ambiguous;
    const what = `The images of ${lacking.length} prior studies are not in the folder of prior studies.`;
    return [...ambiguous, problem("missing-prior-image", `studies ${listed(lacking)}`, what)];
  }
}

/** Looks into archives only where some image is not there as a file. */
export async function indexImages(
  studies: Studies,
  files: FileIndex,
  problems: Problem[],
  signal: AbortSignal | undefined,
): Promise<ImageIndex> {
  const isThere = (imageId: string) => namesOf(imageId).some((name) => files.has(name));
  for (const { imageId, prior } of studies) {
    if (isThere(imageId) && (prior === undefined || isThere(prior.imageId))) continue;
    return { files, members: await indexArchives(files, problems, signal) };
  }
  return { files, members: new Map() };
}
