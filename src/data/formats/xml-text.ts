/** XML texts as plain objects. Entities are not expanded beyond XML's own five, so no text grows. */
import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";
import { DataError } from "../../base/errors.ts";

/** An element's children by name and its attributes by name with `@` before it. */
export type XmlNode = Readonly<Record<string, unknown>>;

const shared = { ignoreAttributes: false, attributeNamePrefix: "@", textNodeName: "#text" } as const;

/** @throws DataError for text that is no well-formed XML */
export function parseXml(text: string, file: string): XmlNode {
  const refused = (found: string, cause?: unknown) =>
    new DataError(
      "The file is no XML that can be read.",
      { where: file, expected: "well-formed XML without a document type", found, remedy: "Export it again." },
      { cause },
    );
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw refused("a document type, which this reader does not follow");
  const validity = XMLValidator.validate(text);
  if (validity !== true) throw refused(`a fault on line ${validity.err.line}`);
  try {
    const parser = new XMLParser({ ...shared, parseTagValue: false, parseAttributeValue: false, trimValues: false });
    return parser.parse(text) as XmlNode;
  } catch (error) {
    throw refused("text that its parser gives up on", error);
  }
}

export function xmlText(root: XmlNode): string {
  const builder = new XMLBuilder({ ...shared, format: true, indentBy: " ", suppressEmptyNode: true });
  return `<?xml version="1.0" encoding="utf-8"?>\n${builder.build(root)}`;
}

/** A text cut where further children of its root can stand. */
export function aroundChildren(text: string, root: string): readonly [before: string, after: string] {
  const after = `</${root}>\n`;
  return [text.slice(0, -after.length), after];
}

/** The elements of a name below a node, however many there are. */
export function childrenOf(node: XmlNode, name: string): XmlNode[] {
  const found = node[name];
  const list = Array.isArray(found) ? found : found === undefined ? [] : [found];
  return list.map((child) => (typeof child === "object" && child !== null ? (child as XmlNode) : { "#text": child }));
}

/** The text of an attribute (`@name`) or of an only child; empty when it is absent. */
export function textAt(node: XmlNode, name: string): string {
  const value = node[name];
  if (typeof value === "object" && value !== null && "#text" in value) return String(value["#text"]);
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
