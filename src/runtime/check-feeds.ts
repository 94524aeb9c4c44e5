/** Feeds are checked before the engine sees them: its own errors carry no shapes, and surplus feeds pass silently. */
import { formatShape, type HostArray, sameShape } from "../base/arrays.ts";
import { ShapeError } from "../base/errors.ts";
import type { ValueType } from "../graph/index.ts";
import type { Feeds } from "./contract.ts";

function formatType({ dtype, shape }: ValueType): string {
  return `${dtype}${formatShape(shape)}`;
}

/** @throws ShapeError naming the array and its place */
export function checkArray(where: string, expected: ValueType, found: HostArray): void {
  if (found.dtype === expected.dtype && sameShape(found.shape, expected.shape)) return;
  throw new ShapeError("An array does not fit its place in the graph.", {
    where,
    expected: formatType(expected),
    found: formatType(found),
  });
}

/** @throws ShapeError when a feed is missing, surplus, or of another type than the graph's input */
export function checkFeeds(graph: string, inputs: ReadonlyMap<string, ValueType>, feeds: Feeds): void {
  for (const name of feeds.keys()) {
    if (inputs.has(name)) continue;
    throw new ShapeError("A feed has no place in the graph.", {
      where: `${graph}, feed "${name}"`,
      expected: [...inputs.keys()].join(", "),
      found: name,
    });
  }
  for (const [name, type] of inputs) {
    const feed = feeds.get(name);
    if (feed === undefined) {
      throw new ShapeError("An input of the graph was not fed.", {
        where: `${graph}, input "${name}"`,
        expected: formatType(type),
        found: [...feeds.keys()].join(", ") || "no feeds",
      });
    }
    checkArray(`${graph}, input "${name}"`, type, feed);
  }
}
