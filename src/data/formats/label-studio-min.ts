/** Label Studio's short export, JSON_MIN: an annotation an element, its regions in lists under the names of the controls. */
import { z } from "zod";

const minimalSchema = z.looseObject({ image: z.string(), annotation_id: z.number() });

const bookkeeping = ["id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"];

/** An element of JSON_MIN as a task of one annotation; any other one as it is. */
export function taskOfMinimal(element: unknown): unknown {
  const minimal = minimalSchema.safeParse(element);
  if (!minimal.success) return element;
  const { image, ...more } = minimal.data;
  const isList = (value: unknown): value is readonly Readonly<Record<string, unknown>>[] =>
    Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null);
  const fields = Object.entries(more).filter(([name]) => !bookkeeping.includes(name));
  const result = fields.flatMap(([name, value]) =>
    isList(value)
      ? value.map((region, i) => {
          const { original_width, original_height, image_rotation, ...own } = region;
          const type =
            Object.keys(own).find((key) => key.endsWith("labels")) ?? ("width" in own ? "rectangle" : "region");
          return { id: `${name}-${i}`, type, from_name: name, image_rotation, value: own };
        })
      : [],
  );
  const data = Object.fromEntries(fields.filter(([, value]) => !isList(value)));
  return { data: { ...data, image }, annotations: [{ result }], isMinimal: true };
}
