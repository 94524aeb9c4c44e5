/** YOLO: a text file an image, a line a box; the names of the classes in `classes.txt` or `data.yaml`. */
import { parse } from "yaml";
import { DataError } from "../../base/errors.ts";
import { Groups } from "../compact/groups.ts";
import { problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";
import { type Annotation, type LabelledBox, labelledBoxes, ofLabelledBox, stem, studyOf } from "./annotations.ts";
import { fourNumbers, unitCentre } from "./coordinates.ts";
import { type Format, mapped } from "./format.ts";
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
  return typeof names === "object" && names !== null ? Object.values(names).map(String) : [];
}

/** Names by class number, of a file that holds them; undefined for another one. */
function namesIn(path: string, text: string): readonly string[] | undefined {
  if (baseName(path) === "classes.txt") return text.split(/\r?\n/).map((line) => line.trim());
  return /\.ya?ml$/.test(path) ? yamlNames(text, path) : undefined;
}

export const yolo: Format = {
  coordinates: "centre x, centre y, width, height in fractions of the film",
  endings: [".txt", ".yaml", ".yml"],
  needsSizes: false,
  reader(films, problems) {
    let known: readonly string[] | undefined;
    /** Texts by image: the names of their classes may stand in a file that comes later. */
    const texts = new Groups();
    const take = (path: string, text: string) => {
      if (known === undefined) known = namesIn(path, text);
      const holdsBoxes = path.toLowerCase().endsWith(".txt") && baseName(path) !== "classes.txt";
      if (holdsBoxes) texts.add(films.resolve(stem(path)), [path, text]);
    };
    const annotationsOf = ([path, text]: readonly [string, string], names: readonly string[]) => {
      const lines = text.split(/\r?\n/).map((line, i) => ({ parts: line.trim().split(/\s+/), number: i + 1 }));
      return lines.flatMap(({ parts, number }): Annotation[] => {
        if (parts[0] === "") return [];
        const four = fourNumbers(parts.slice(1, 5));
        const label = names[Number(parts[0])] ?? (/^\d+$/.test(parts[0]!) ? `class ${parts[0]}` : undefined);
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
      end: () =>
        mapped(texts, ([imageId, own]) => {
          const files = own as readonly (readonly [string, string])[];
          return studyOf({ imageId, annotations: files.flatMap((file) => annotationsOf(file, known ?? [])) });
        }),
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
