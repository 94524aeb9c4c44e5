/** Which studies have to be compared with what was written of them at one time. */
import { KeyTable } from "../compact/key-table.ts";
import type { Studies } from "../compact/studies.ts";
import type { Study } from "../vocabulary.ts";
import { stem } from "./annotations.ts";
import type { Films } from "./format.ts";

/** Studies of a part: enough to make the cost of a text's frame small, few enough to hold a format's whole text of them. */
const studiesOfPart = 256;

/** Every name under which a format may know a study: two that share one can be merged, or one be written over the other. */
function namesOf({ studyId, imageId }: Study, films: Films): Set<string> {
  // Label Studio reads a name as an address, and takes off what its server put in front.
  const plain = imageId.replace(/[?#].*$/, "").replace(/^[0-9a-f]{8}-(?=.)/, "");
  const names = [imageId, plain, stem(imageId), stem(plain)];
  const found = names.map((name) => films.resolve(name));
  return new Set([...names, ...found, `study ${studyId}`].map((name) => name.toLowerCase()));
}

/**
 * Cuts a data set into parts that can be written and read back alone with the same result as all of it: studies that share no
 * name, some hundred at a time, then all those that do.
 */
export function* comparedTogether(
  studies: Studies,
  films: Films,
  partSize = studiesOfPart,
): Generator<readonly Study[]> {
  const names = new KeyTable();
  let areAllAlone = true;
  for (const study of studies) {
    for (const name of namesOf(study, films)) {
      if (names.add(name, 1) === 0) continue;
      names.add(name, 2);
      areAllAlone = false;
    }
  }
  const isShared = (study: Study) => !areAllAlone && [...namesOf(study, films)].some((name) => names.bitsOf(name) > 1);
  let part: Study[] = [];
  const last: Study[] = [];
  for (const study of studies) {
    if (isShared(study)) last.push(study);
    else if (part.push(study) === partSize) {
      yield part;
      part = [];
    }
  }
  if (part.length > 0) yield part;
  if (last.length > 0) yield last;
}
