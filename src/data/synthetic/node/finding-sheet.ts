/** A picture that shows each finding once. */
import { Random } from "../../../base/random.ts";
import { contactSheet, type Tile } from "../../../images/node/index.ts";
import { drawAnatomy } from "../anatomy.ts";
import { drawExposure, renderFilm } from "../film.ts";
import type { FindingKind } from "../finding.ts";
import { findingKinds } from "../findings/index.ts";
import { affect } from "../placing.ts";
import { drawPose, posed } from "../pose.ts";

/** Films are drawn this much larger than they are shown, so that fine structures look as on a whole film. */
const oversampling = 2;

/** A film of a patient of its own with this finding only; without a kind, a normal one. */
function tileOf(kind: FindingKind | undefined, seed: number, size: number): Tile {
  const random = Random.named(seed, kind?.label ?? "normal");
  const view = kind?.isBedside ? "AP" : "PA";
  const body = posed(drawAnatomy(random, random.choose(["F", "M"] as const)), drawPose(random, view));
  const wanted = kind === undefined ? [] : [{ kind, extent: random.between(0.4, 1) }];
  const { anatomy, placed } = affect(body, wanted, random.integer(2 ** 31));
  const paint = placed.flatMap(({ placement }) => placement.paint ?? []);
  const film = renderFilm({ anatomy, exposure: drawExposure(random, view), paint }, oversampling * size);
  return {
    pixels: halved(film, size),
    boxes: placed.flatMap(({ placement }) => placement.boxes),
    caption: kind?.label ?? "normal",
  };
}

/** Each pixel the mean of two by two. */
function halved(film: Uint16Array, size: number): Uint16Array {
  return Uint16Array.from({ length: size * size }, (_, i) => {
    const at = 2 * Math.floor(i / size) * 2 * size + 2 * (i % size);
    return (film[at]! + film[at + 1]! + film[at + 2 * size]! + film[at + 2 * size + 1]!) / 4;
  });
}

/**
 * The contact sheet as JPEG: a normal film, then every finding with its boxes.
 * @param size width and height of each film on the sheet, in pixels
 */
export async function findingSheet(seed: number, size: number): Promise<Uint8Array> {
  const tiles = [undefined, ...findingKinds].map((kind) => tileOf(kind, seed, size));
  return contactSheet(tiles, {
    size,
    columns: 7,
    footer: "Synthetic films, drawn by a program. For research and testing; not a medical device, no clinical meaning.",
  });
}
