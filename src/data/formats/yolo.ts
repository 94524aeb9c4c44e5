/** YOLO: a text file an image, a line a box; the names of the classes in `classes.txt`, `obj.names` or `data.yaml`. */
import { parse } from "yaml";
import { DataError } from "../../base/errors.ts";
import { Groups } from "../compact/groups.ts";
import { KeyTable } from "../compact/key-table.ts";
import { problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";
import {
  type Annotation,
  type LabelledBox,
  labelledBoxes,
  noteTwice,
  ofLabelledBox,
  stem,
  studyOf,
} from "./annotations.ts";
import { fourNumbers, unitCentre } from "./coordinates.ts";
import type { Format } from "./format.ts";
import { NotHeld } from "./not-held.ts";
import { wholeText } from "./reading.ts";

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The `names` of a data.yaml: a list, or a mapping from numbers. */
function yamlNames(text: string, path: string): readonly string[] {
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    const remedy = "Repair it, or put the names into classes.txt, one a line.";
    const parts = { where: path, expected: "`names:` with one name a class", found: "a fault of YAML", remedy };
    throw new DataError("The class names cannot be read.", parts, { cause: error });
  }
  const names = typeof content === "object" && content !== null && "names" in content ? content.names : undefined;
  if (typeof names !== "object" || names === null) return [];
  const list: string[] = [];
  for (const [number, name] of Object.entries(names)) if (/^\d{1,4}$/.test(number)) list[Number(number)] = String(name);
  return list;
}

/** Names by class number, of a file that holds them; undefined for another one. */
function namesIn(path: string, text: string): readonly string[] | undefined {
  if (baseName(path) === "classes.txt" || path.endsWith(".names"))
    return text
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => line.trim());
  return /\.ya?ml$/.test(path) ? yamlNames(text, path) : undefined;
}

/** Numbers behind a class: four of a box, perhaps its confidence; more are the corners of an outline or of a turned box. */
const lineOf = /^\S+(\s+\S+){4,5}$/;
const outlineOf = /^\d+(\s+-?\d*\.?\d+(e[-+]?\d+)?){6,}$/i;

/** A text beside the labels: a list of images, a readme. */
function isOther(text: string): boolean {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.length > 0 && !lines.some((line) => /^\d+\s/.test(line) && (lineOf.test(line) || outlineOf.test(line)));
}

export const yolo: Format = {
  coordinates: "centre x, centre y, width, height in fractions of the film",
  endings: [".txt", ".yaml", ".yml", ".names"],
  needsSizes: false,
  reader(films, problems) {
    let known: readonly string[] | undefined;
    /** Texts by image: the names of their classes may stand in a file that comes later. */
    const texts = new Groups();
    const notHeld = new NotHeld();
    const seen = new KeyTable();
    const unnamed = new Set<string>();
    const take = (path: string, text: string) => {
      const names = namesIn(path, text);
      if (names !== undefined) {
        if (known === undefined && names.length > 0) known = names;
      } else if (isOther(text)) {
        problems.push(problem("odd-value", path, "No line of it is a class and a box; the file is passed over."));
      } else {
        const imageId = films.resolve(stem(path));
        noteTwice(seen, imageId, path, problems);
        texts.add(imageId, [path, text]);
      }
    };
    const annotationsOf = ([path, text]: readonly [string, string], names: readonly string[]) => {
      const lines = text.split(/\r?\n/).map((line, i) => ({ parts: line.trim().split(/\s+/), number: i + 1 }));
      return lines.flatMap(({ parts, number }): Annotation[] => {
        if (parts[0] === "") return [];
        if (outlineOf.test(parts.join(" "))) {
          notHeld.add("outlines or turned boxes");
          return [];
        }
        if (parts.length === 6) notHeld.add("confidences");
        const four = parts.length > 6 ? undefined : fourNumbers(parts.slice(1, 5));
        const label = names[Number(parts[0])] || (/^\d+$/.test(parts[0]!) ? `class ${parts[0]}` : undefined);
        if (label === `class ${parts[0]}`) unnamed.add(label);
        if (four === undefined || label === undefined) {
          problems.push(
            problem("bad-boxes", `${path}, line ${number}`, "The line is no class and box; it is left out."),
          );
          return [];
        }
        return [ofLabelledBox({ label, reader: 1, box: unitCentre.read(four) })];
      });
    };
    return {
      open: (path) => wholeText(path, (text) => take(path, text)),
      *end() {
        for (const [imageId, own] of texts) {
          const files = own as readonly (readonly [string, string])[];
          yield studyOf({ imageId, annotations: files.flatMap((file) => annotationsOf(file, known ?? [])) });
        }
        problems.push(...notHeld.problems("the label files"));
        if (unnamed.size === 0) return;
        const what = `${unnamed.size} classes have no name; they are called by their number. Names stand in classes.txt, obj.names or data.yaml.`;
        problems.push(problem("odd-value", "the label files", what));
      },
    };
  },
  *write(studies) {
    const boxesOf = (study: Study) => labelledBoxes(study).filter(({ reader }) => reader === 1);
    const labels = new Set<string>();
    for (const study of studies) for (const { label } of boxesOf(study)) labels.add(label);
    const names = [...labels].sort();
    yield ["classes.txt", names.map((name) => `${name}\n`).join("")];
    const numberOf = new Map(names.map((name, i) => [name, i]));
    for (const study of studies) {
      const line = ({ label, box }: LabelledBox) => `${numberOf.get(label)} ${unitCentre.write(box).join(" ")}\n`;
      yield [`labels/${stem(study.imageId)}.txt`, () => boxesOf(study).map(line).join(""), "whole"];
    }
  },
};
