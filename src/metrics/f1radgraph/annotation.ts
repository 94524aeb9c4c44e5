/** What RadGraph says about a report: entities and relations between them, as the package writes them (METRICS §9.8). */
import { z } from "zod";

export interface Entity {
  /** Its words, joined by spaces. */
  readonly tokens: string;
  readonly label: string;
  /** Places of its first and last word. */
  readonly start_ix: number;
  readonly end_ix: number;
  /** Relations from it: label, and the number of the other entity. */
  readonly relations: readonly (readonly [label: string, entity: string])[];
}

export interface Annotation {
  /** The words, joined by spaces. */
  readonly text: string;
  /** By number, from "1". */
  readonly entities: Readonly<Record<string, Entity>>;
  readonly data_source: null;
  readonly data_split: "inference";
}

const annotationSchema = z.object({
  text: z.string(),
  entities: z.record(
    z.string(),
    z.object({
      tokens: z.string(),
      label: z.string(),
      start_ix: z.number(),
      end_ix: z.number(),
      relations: z.array(z.tuple([z.string(), z.string()])),
    }),
  ),
  data_source: z.null(),
  data_split: z.literal("inference"),
});

/** An annotation that was kept as JSON, or undefined for anything else. */
export function parseAnnotation(json: unknown): Annotation | undefined {
  return annotationSchema.safeParse(json).data;
}

/** First and last word. */
export type Span = readonly [start: number, end: number];

export interface LabelledSpan {
  readonly span: Span;
  readonly label: string;
}

export interface LabelledPair {
  readonly head: Span;
  readonly tail: Span;
  readonly label: string;
}

/** A relation counts where its head and its tail are entities; others are dropped, as the package does. */
export function annotationOf(
  words: readonly string[],
  entities: readonly LabelledSpan[],
  relations: readonly LabelledPair[],
): Annotation {
  const numbers = new Map(entities.map(({ span }, i) => [`${span}`, String(i + 1)]));
  const from = new Map<string, LabelledPair[]>(entities.map(({ span }) => [`${span}`, []]));
  for (const relation of relations) from.get(`${relation.head}`)?.push(relation);
  const entityOf = ({ span, label }: LabelledSpan): Entity => ({
    tokens: words.slice(span[0], span[1] + 1).join(" "),
    label,
    start_ix: span[0],
    end_ix: span[1],
    relations: from.get(`${span}`)!.flatMap((relation): [string, string][] => {
      const number = numbers.get(`${relation.tail}`);
      return number === undefined ? [] : [[relation.label, number]];
    }),
  });
  return {
    text: words.join(" "),
    entities: Object.fromEntries(entities.map((entity, i) => [String(i + 1), entityOf(entity)])),
    data_source: null,
    data_split: "inference",
  };
}
