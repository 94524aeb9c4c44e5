/** Pascal VOC: an XML file an image, whole pixels. */
import { KeyTable } from "../compact/key-table.ts";
import { problem } from "../problems.ts";
import {
  type Annotation,
  ImageCollector,
  knownSize,
  labelledBoxes,
  noteTwice,
  ofLabelledBox,
  stem,
} from "./annotations.ts";
import { fourNumbers, wholePixels } from "./coordinates.ts";
import type { Format } from "./format.ts";
import { NotHeld } from "./not-held.ts";
import { wholeText } from "./reading.ts";
import { childrenOf, parseXml, textAt, type XmlNode, xmlText } from "./xml-text.ts";

/** Children of an object that are read, or that say nothing where they are as here. */
const plainChildren: Readonly<Record<string, string>> = {
  truncated: "0",
  difficult: "0",
  occluded: "0",
  pose: "Unspecified",
};
const known = new Set(["name", "bndbox", "#text"]);

/** Takes note of marks, poses, parts and outlines of an object. */
function noteObject(object: XmlNode, notHeld: NotHeld): void {
  for (const name of Object.keys(object).filter((key) => !known.has(key))) {
    const text = textAt(object, name).trim();
    const isPlain = name in plainChildren && (text === "" || text === plainChildren[name]);
    if (!isPlain) notHeld.add("object properties", name, childrenOf(object, name).length);
  }
}

export const pascalVoc: Format = {
  coordinates: "first and last column and row in whole pixels, counted from 1",
  endings: [".xml"],
  needsSizes: true,
  reader(films, problems) {
    const images = new ImageCollector();
    const notHeld = new NotHeld();
    const seen = new KeyTable();
    let fromZero = 0;
    const take = (path: string, text: string) => {
      const [annotation = {}] = childrenOf(parseXml(text, path), "annotation");
      const imageId = films.resolve(textAt(annotation, "filename").trim() || stem(path));
      noteTwice(seen, imageId, path, problems);
      const [sizes = {}] = childrenOf(annotation, "size");
      const [width, height] = [Number(textAt(sizes, "width")), Number(textAt(sizes, "height"))];
      const objects = childrenOf(annotation, "object");
      const stated = width > 0 && height > 0 ? { width, height } : undefined;
      const size = stated ?? (objects.length === 0 ? undefined : knownSize(imageId, films, problems));
      const annotations = objects.flatMap((object, i): Annotation[] => {
        noteObject(object, notHeld);
        const [bounds = {}] = childrenOf(object, "bndbox");
        const four = fourNumbers(["xmin", "ymin", "xmax", "ymax"].map((edge) => textAt(bounds, edge)));
        if (four === undefined) {
          problems.push(
            problem("bad-boxes", `${path}, object ${i + 1}`, "The box is not four numbers; it is left out."),
          );
        }
        if (four === undefined || size === undefined) return [];
        if (four[0] < 1 || four[1] < 1) fromZero++;
        return [ofLabelledBox({ label: textAt(object, "name").trim(), reader: 1, box: wholePixels.read(four, size) })];
      });
      images.add({ imageId, annotations });
    };
    return {
      open: (path) => (path.toLowerCase().endsWith(".xml") ? wholeText(path, (text) => take(path, text)) : undefined),
      end() {
        if (fromZero > 0) {
          const what = `${fromZero} boxes begin before pixel 1: this tool counts from 0, and its boxes are read a pixel off.`;
          problems.push(problem("odd-value", "the files", what));
        }
        problems.push(...notHeld.problems("the files"));
        return images.studies();
      },
    };
  },
  *write(studies, films, problems) {
    for (const study of studies) {
      const size = knownSize(study.imageId, films, problems);
      if (size === undefined) continue;
      const text = () => {
        const own = labelledBoxes(study).filter(({ reader }) => reader === 1);
        const object = own.map(({ label, box }) => {
          const [xmin, ymin, xmax, ymax] = wholePixels.write(box, size);
          return { name: label, pose: "Unspecified", truncated: 0, difficult: 0, bndbox: { xmin, ymin, xmax, ymax } };
        });
        return xmlText({ annotation: { filename: study.imageId, size: { ...size, depth: 1 }, segmented: 0, object } });
      };
      yield [`Annotations/${stem(study.imageId)}.xml`, text, "whole"];
    }
  },
};
