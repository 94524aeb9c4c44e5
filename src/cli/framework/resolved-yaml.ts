/** The resolved options as a configuration file: what `--dry-run` prints and a run folder keeps. */
import { Document, isMap, isScalar, isSeq, Scalar, visit } from "yaml";
import type { Resolved } from "./layers.ts";

/** YAML that, given to `--config`, resolves to the same options. A comment behind each value names its source. */
export function resolvedYaml({ section, options, sources }: Resolved): string {
  const document = new Document({ [section]: options });
  const map = document.get(section);
  if (!isMap(map)) throw new Error("A section is a map.");
  for (const { key, value } of map.items) {
    const source = isScalar(key) ? sources[String(key.value)] : undefined;
    if (isSeq(value)) value.flow = true;
    if (source !== undefined && (isScalar(value) || isSeq(value))) value.comment = ` ${source.where}`;
  }
  visit(document, {
    Scalar(position, scalar) {
      // Quoted for certain: the YAML package's own choice loses a line break inside a flow sequence.
      const isPlain = typeof scalar.value !== "string" || /^[\w./-]+$/.test(scalar.value);
      if (position !== "key" && !isPlain) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}
