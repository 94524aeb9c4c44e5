/** Studies as bytes: some 0.3 kB each where the objects take three times as much and the collector lets them become twelve times. */
import { type ImageSource, type UnitBox, unitBox, type ZipMember } from "../../images/index.ts";
import { type Finding, type SplitName, type Study, splitNames } from "../vocabulary.ts";
import { Records } from "./records.ts";

/** Studies in file order: a list of them, or something that makes each when its turn comes. */
export interface Studies extends Iterable<Study> {
  readonly length: number;
  at(index: number): Study | undefined;
}

/** Different texts and lists that are kept once: more than there are labels and standard sentences, less than a large set has sentences. */
const mostShared = 50_000;
/** Longer ones are free text, which hardly ever repeats. */
const longestShared = 200;

/** What occurs again and again is kept once and called by its number; the rest stands as it is. */
class Shared<T> {
  readonly #numbers = new Map<string, number>();
  readonly #items: T[] = [];

  /** @returns the number, or undefined when there is no more room */
  numberOf(key: string, item: () => T): number | undefined {
    const known = this.#numbers.get(key);
    if (known !== undefined || key.length > longestShared || this.#items.length === mostShared) return known;
    this.#numbers.set(key, this.#items.length);
    return this.#items.push(item()) - 1;
  }

  at(number: number): T {
    return this.#items[number]!;
  }
}

/** A number of JSON, or a text for those that JSON has not: −0, infinities. */
export type Numeral = number | string;
/** A number in the table, or the thing itself. */
type Text = number | string;
type List = number | readonly string[];
type Image = 0 | readonly [folder: Text, name: string] | readonly [folder: Text] | readonly [member: unknown[], 0, 0];
type PackedFinding = readonly [
  ...[en: Text, es: Text, abnormal: 0 | 1 | 2, progression: number],
  ...[boxes: readonly Numeral[], extraBoxes: readonly Numeral[], labels: List, locations: List],
];
type PackedStudy = readonly [
  ...[studyId: string, imageId: string, image: Image, patientId: string | null, split: number],
  ...[findings: readonly PackedFinding[], prior?: readonly [string, string, Image]],
];

const progressions = [undefined, "stable", "improved", "worsened"] as const;
const nothing: readonly never[] = Object.freeze([]);

const numeral = (value: number): Numeral => (Number.isFinite(value) && !Object.is(value, -0) ? value : signed(value));
const signed = (value: number) => (Object.is(value, -0) ? "-0" : String(value));

export function numerals(boxes: readonly UnitBox[]): Numeral[] {
  return boxes.flatMap(({ x1, y1, x2, y2 }) => [numeral(x1), numeral(y1), numeral(x2), numeral(y2)]);
}

export function boxesOf(corners: readonly Numeral[]): readonly UnitBox[] {
  if (corners.length === 0) return nothing;
  return Array.from({ length: corners.length / 4 }, (_, i) => {
    const [x1, y1, x2, y2] = corners.slice(4 * i, 4 * i + 4).map(Number) as [number, number, number, number];
    return unitBox(x1, y1, x2, y2);
  });
}

/** What the studies of a set share; several stages of reading may use one. */
export class SharedParts {
  readonly #texts = new Shared<string>();
  readonly #lists = new Shared<readonly string[]>();
  /** The files of archives: each of an archive's films names the same list. */
  readonly #parts: (readonly string[])[] = [];

  packText(text: string): Text {
    return this.#texts.numberOf(text, () => text) ?? text;
  }

  text(packed: Text): string {
    return typeof packed === "number" ? this.#texts.at(packed) : packed;
  }

  packList(list: readonly string[]): List {
    return this.#lists.numberOf(JSON.stringify(list), () => Object.freeze([...list])) ?? list;
  }

  list(packed: List): readonly string[] {
    return typeof packed === "number" ? this.#lists.at(packed) : packed;
  }

  packImage(source: ImageSource | undefined, imageId: string): Image {
    if (source === undefined) return 0;
    if (typeof source === "string") {
      const cut = Math.max(source.lastIndexOf("/"), source.lastIndexOf("\\")) + 1;
      const [folder, name] = [this.packText(source.slice(0, cut)), source.slice(cut)];
      return name === imageId ? [folder] : [folder, name];
    }
    const { parts, name, offset, compressedSize, uncompressedSize, isDeflated, crc32 } = source;
    const known = this.#parts.indexOf(parts);
    const number = known >= 0 ? known : this.#parts.push(parts) - 1;
    return [[number, name, offset, compressedSize, uncompressedSize, isDeflated, crc32], 0, 0];
  }

  image(packed: Image, imageId: string): ImageSource | undefined {
    if (packed === 0) return undefined;
    if (packed.length < 3) return this.text(packed[0] as Text) + (packed[1] ?? imageId);
    const [parts, name, offset, compressedSize, uncompressedSize, isDeflated, crc32] = packed[0] as [
      number,
      ...[name: string, offset: number, compressedSize: number, uncompressedSize: number],
      ...[isDeflated: boolean, crc32: number],
    ];
    const member: ZipMember = {
      parts: this.#parts[parts]!,
      ...{ name, offset, compressedSize, uncompressedSize, isDeflated, crc32 },
    };
    return member;
  }
}

/** A finding as plain JSON, which no number is lost in. */
export function packFinding({ boxes, extraBoxes, ...facts }: Finding): unknown {
  return [facts, numerals(boxes), numerals(extraBoxes)];
}

export function unpackFinding(packed: unknown): Finding {
  const [facts, boxes, extraBoxes] = packed as [Omit<Finding, "boxes" | "extraBoxes">, Numeral[], Numeral[]];
  return {
    ...facts,
    abnormal: facts.abnormal,
    progression: facts.progression,
    boxes: boxesOf(boxes),
    extraBoxes: boxesOf(extraBoxes),
  };
}

/** A list of studies that only grows. */
export class PackedStudies implements Studies {
  readonly #records = new Records();
  readonly #shared: SharedParts;

  constructor(shared = new SharedParts()) {
    this.#shared = shared;
  }

  static of(studies: Iterable<Study>, shared?: SharedParts): PackedStudies {
    const packed = new PackedStudies(shared);
    for (const study of studies) packed.add(study);
    return packed;
  }

  get length(): number {
    return this.#records.length;
  }

  get shared(): SharedParts {
    return this.#shared;
  }

  add({ studyId, imageId, imagePath, patientId, split, findings, prior }: Study): void {
    const shared = this.#shared;
    const own: PackedStudy = [
      ...([studyId, imageId, shared.packImage(imagePath, imageId), patientId ?? null] as const),
      split === undefined ? -1 : splitNames.indexOf(split),
      findings.map((finding) => this.#packFinding(finding)),
      ...(prior === undefined
        ? ([] as const)
        : ([[prior.studyId, prior.imageId, shared.packImage(prior.imagePath, prior.imageId)]] as const)),
    ];
    this.#records.add(own);
  }

  at(index: number): Study | undefined {
    const record = this.#records.at(index);
    return record === undefined ? undefined : this.#study(record as PackedStudy);
  }

  *[Symbol.iterator](): Generator<Study> {
    for (let i = 0; i < this.length; i++) yield this.at(i)!;
  }

  /** All studies, once: the bytes of those that were read are given free, and the list ends empty. */
  *drain(): Generator<Study> {
    for (const record of this.#records.drain()) yield this.#study(record as PackedStudy);
  }

  #packFinding({ sentence, abnormal, boxes, extraBoxes, labels, locations, progression }: Finding): PackedFinding {
    const shared = this.#shared;
    return [
      ...([shared.packText(sentence.en), shared.packText(sentence.es)] as const),
      abnormal === undefined ? 0 : abnormal ? 1 : 2,
      progressions.indexOf(progression),
      ...([numerals(boxes), numerals(extraBoxes), shared.packList(labels), shared.packList(locations)] as const),
    ];
  }

  #study([studyId, imageId, image, patientId, split, findings, prior]: PackedStudy): Study {
    const shared = this.#shared;
    const own = {
      studyId,
      imageId,
      imagePath: shared.image(image, imageId),
      patientId: patientId ?? undefined,
      split: split < 0 ? undefined : (splitNames[split] as SplitName),
      findings: findings.map((finding) => this.#finding(finding)),
    };
    if (prior === undefined) return own;
    const [priorStudy, priorImage, place] = prior;
    return {
      ...own,
      prior: { studyId: priorStudy, imageId: priorImage, imagePath: shared.image(place, priorImage) },
    };
  }

  #finding([en, es, abnormal, progression, boxes, extraBoxes, labels, locations]: PackedFinding): Finding {
    const shared = this.#shared;
    return {
      sentence: { en: shared.text(en), es: shared.text(es) },
      abnormal: abnormal === 0 ? undefined : abnormal === 1,
      boxes: boxesOf(boxes),
      extraBoxes: boxesOf(extraBoxes),
      labels: shared.list(labels),
      locations: shared.list(locations),
      progression: progressions[progression],
    };
  }
}
