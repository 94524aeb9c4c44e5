/** CVAT for images 1.1: one XML file; sentence and finding as attributes of a box, or of a tag where there is no box. */
import { DataError } from "../../base/errors.ts";
import { KeyTable } from "../compact/key-table.ts";
import { problem } from "../problems.ts";
import { readSplitName } from "../splits.ts";
import {
  type Annotation,
  annotate,
  ImageCollector,
  knownSize,
  noLabel,
  noteTwice,
  plainAnnotation,
} from "./annotations.ts";
import { fourNumbers, pixelCorners } from "./coordinates.ts";
import { factNames, factsOfTexts, factTexts } from "./fact-texts.ts";
import type { Format } from "./format.ts";
import { NotHeld } from "./not-held.ts";
import { wholeText } from "./reading.ts";
import { aroundChildren, childrenOf, parseXml, textAt, type XmlNode, xmlText } from "./xml-text.ts";

function attributesOf(node: XmlNode): ReadonlyMap<string, string> {
  return new Map(
    childrenOf(node, "attribute").map((attribute) => [textAt(attribute, "@name"), textAt(attribute, "#text")]),
  );
}

function annotationOf(node: XmlNode): Omit<Annotation, "box"> {
  const label = textAt(node, "@label");
  return { ...plainAnnotation, labels: label === noLabel ? [] : [label], ...factsOfTexts(attributesOf(node)) };
}

const known = {
  root: new Set(["image", "version", "#text"]),
  image: new Set(["@id", "@name", "@width", "@height", "@subset", "box", "tag", "#text"]),
  box: new Set([
    ...[
      "@label",
      "@xtl",
      "@ytl",
      "@xbr",
      "@ybr",
      "@rotation",
      "@source",
      "@occluded",
      "@z_order",
      "attribute",
      "#text",
    ],
  ]),
};

/** Takes note of what stands at an image beside boxes and tags, and at these beside the facts. */
function noteImage(image: XmlNode, notHeld: NotHeld): void {
  for (const name of Object.keys(image).filter((key) => !known.image.has(key))) {
    if (name.startsWith("@")) notHeld.add("image attributes", name.slice(1));
    else notHeld.add("shapes", name, childrenOf(image, name).length);
  }
  for (const node of [...childrenOf(image, "box"), ...childrenOf(image, "tag")]) {
    for (const name of attributesOf(node).keys()) if (!factNames.has(name)) notHeld.add("attributes", name);
    for (const name of Object.keys(node).filter((key) => !known.box.has(key)))
      notHeld.add("box properties", name.replace("@", ""));
    if (Number(textAt(node, "@occluded")) !== 0) notHeld.add("box properties", "occluded");
    if (Number(textAt(node, "@z_order")) !== 0) notHeld.add("box properties", "z_order");
  }
}

function ofVideo(path: string): DataError {
  return new DataError("The file is of CVAT for video.", {
    where: path,
    expected: "images with boxes",
    found: "tracks through frames, whose films it does not name",
    remedy: "Export it as CVAT for images 1.1.",
  });
}

function attributes(annotation: Annotation) {
  return [...factTexts(annotation)].map(([name, text]) => ({ "@name": name, "#text": text }));
}

export const cvat: Format = {
  coordinates: "xtl, ytl, xbr, ybr (left, top, right, bottom) in pixels of the film",
  endings: [".xml"],
  needsSizes: true,
  reader(films, problems) {
    const images = new ImageCollector();
    const take = (path: string, text: string) => {
      const [root = {}] = childrenOf(parseXml(text, path), "annotations");
      const notHeld = new NotHeld();
      const seen = new KeyTable();
      for (const name of Object.keys(root).filter((key) => !known.root.has(key)))
        notHeld.add("elements", name, childrenOf(root, name).length);
      if (childrenOf(root, "image").length === 0 && childrenOf(root, "track").length > 0) throw ofVideo(path);
      for (const image of childrenOf(root, "image")) {
        noteImage(image, notHeld);
        const name = textAt(image, "@name");
        const imageId = films.resolve(name.slice(name.lastIndexOf("/") + 1));
        const where = `${path}, image ${imageId}`;
        noteTwice(seen, imageId, where, problems);
        const [width, height] = [Number(textAt(image, "@width")), Number(textAt(image, "@height"))];
        const nodes = childrenOf(image, "box");
        const stated = width > 0 && height > 0 ? { width, height } : undefined;
        const size = stated ?? (nodes.length === 0 ? undefined : knownSize(imageId, films, problems));
        const boxes = nodes.flatMap((node, i): Annotation[] => {
          const four = fourNumbers(["@xtl", "@ytl", "@xbr", "@ybr"].map((edge) => textAt(node, edge)));
          const isTurned = Number(textAt(node, "@rotation")) !== 0;
          if (four === undefined || isTurned) {
            const what = isTurned ? "The box is turned, which no mask is" : "The box is not four numbers";
            problems.push(problem("bad-boxes", `${where}, box ${i + 1}`, `${what}; it is left out.`));
          }
          if (four === undefined || isTurned || size === undefined) return [];
          return [{ ...annotationOf(node), box: pixelCorners.read(four, size) }];
        });
        const tags = childrenOf(image, "tag").map((node) => ({ ...annotationOf(node), box: undefined }));
        const split = readSplitName(textAt(image, "@subset"), where, problems);
        images.add({ imageId, split, annotations: [...boxes, ...tags] });
      }
      problems.push(...notHeld.problems(path));
    };
    return {
      open: (path) => (path.toLowerCase().endsWith(".xml") ? wholeText(path, (text) => take(path, text)) : undefined),
      end: () => images.studies(),
    };
  },
  *write(studies, films, problems) {
    const path = "annotations.xml";
    const text = (image: readonly XmlNode[]) => xmlText({ annotations: { version: "1.1", image } });
    const [before, after] = aroundChildren(text([]), "annotations");
    yield [path, before];
    let index = 0;
    for (const study of studies) {
      const i = index++;
      const size = knownSize(study.imageId, films, problems);
      if (size === undefined) continue;
      const { annotations, split } = annotate(study);
      const box = annotations.flatMap((annotation) => {
        if (annotation.box === undefined) return [];
        const [xtl, ytl, xbr, ybr] = pixelCorners.write(annotation.box, size);
        return [
          {
            "@label": annotation.labels[0] ?? noLabel,
            "@source": "manual",
            "@occluded": "0",
            "@xtl": xtl,
            "@ytl": ytl,
            "@xbr": xbr,
            "@ybr": ybr,
            "@z_order": "0",
            attribute: attributes(annotation),
          },
        ];
      });
      const tag = annotations
        .filter((annotation) => annotation.box === undefined)
        .map((annotation) => ({
          "@label": annotation.labels[0] ?? noLabel,
          "@source": "manual",
          attribute: attributes(annotation),
        }));
      const subset = split === undefined ? {} : { "@subset": split };
      const image = { "@id": i, "@name": study.imageId, ...subset, "@width": size.width, "@height": size.height };
      yield [path, text([{ ...image, box, tag }]).slice(before.length, -after.length)];
    }
    yield [path, after];
  },
};
