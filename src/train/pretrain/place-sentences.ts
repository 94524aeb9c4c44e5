/** Sentences of place and size: what a mask says. They teach a tiny encoder to read boxes; films have reports. */
import type { Random } from "../../base/random.ts";
import type { Row } from "../../data/index.ts";

type Box = Row["boxes"][number];

/** Steps of width and height that places are told in. */
const steps = 16;

function step(value: number): number {
  return Math.min(steps - 1, Math.max(0, Math.floor(value * steps)));
}

function zone({ x1, x2, y1, y2 }: Box): string {
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const row = y < 1 / 3 ? "upper" : y < 2 / 3 ? "middle" : "lower";
  // The patient's right is on the viewer's left.
  const column = x < 0.4 ? "right" : x < 0.6 ? "central" : "left";
  return `${row} ${column}`;
}

function size({ x1, x2, y1, y2 }: Box): string {
  const area = (x2 - x1) * (y2 - y1);
  if (area < 0.01) return "Tiny";
  return area < 0.04 ? "Small" : area < 0.15 ? "Medium" : "Large";
}

/** One short sentence for each thing that is true of a mask: size and zone in words, the rest in steps of a sixteenth. */
export function placeSentences(boxes: readonly Box[]): string[] {
  if (boxes.length === 0) return ["No box."];
  const each = (measure: (box: Box) => number) => boxes.map((box) => step(measure(box))).join(" and ");
  return [
    `${boxes.map((box) => `${size(box)} box, ${zone(box)}`).join("; ")}.`,
    `Across ${each(({ x1, x2 }) => (x1 + x2) / 2)}.`,
    `Down ${each(({ y1, y2 }) => (y1 + y2) / 2)}.`,
    `Wide ${each(({ x1, x2 }) => x2 - x1)}.`,
    `High ${each(({ y1, y2 }) => y2 - y1)}.`,
  ];
}

/** A box anywhere on the film, of any size that findings have. */
export function randomBox(random: Random): Box {
  const width = random.between(0.03, 0.6);
  const height = random.between(0.03, 0.6);
  const [x1, y1] = [random.between(0, 1 - width), random.between(0, 1 - height)];
  return { space: "unit", x1, y1, x2: x1 + width, y2: y1 + height };
}
