/** Feeds are checked before the engine sees them: its own errors carry no shapes, and surplus feeds pass silently. */
import { type HostArray, sameShape } from "../base/arrays.ts";
import { ShapeError } from "../base/errors.ts";
import type { ValueType } from "../graph/index.ts";
import type { Feeds } from "./contract.ts";

function formatType({ dtype, shape, axes = [] }: ValueType): string {
  return `${dtype}[${shape.map((size, axis) => axes[axis] ?? size)}]`;
}

/** @throws ShapeError naming the array and its place */
export function checkArray(where: string, expected: ValueType, found: HostArray): void {
  const { axes = [] } = expected;
  const free = (size: number, axis: number) => (axes[axis] === undefined ? size : -1);
  if (found.dtype === expected.dtype && sameShape(found.shape.map(free), expected.shape.map(free))) return;
  throw new ShapeError("An array does not fit its place in the graph.", {
    where,
    expected: formatType(expected),
    found: formatType(found),
  });
}

/** @throws ShapeError when a feed is missing, surplus, or of another type than the graph's input */
export function checkFeeds(graph: string, inputs: ReadonlyMap<string, ValueType>, feeds: Feeds): void {
  const sizes = new Map<string, { readonly size: number; readonly of: string }>();
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
    for (const [axis, axisName] of (type.axes ?? []).entries()) {
      if (axisName === undefined) continue;
      const size = feed.shape[axis]!;
      const known = sizes.get(axisName);
      if (known !== undefined && known.size !== size) {
        throw new ShapeError("Two feeds disagree about the size of an axis.", {
          where: `${graph}, input "${name}", axis ${axis}`,
          expected: `${known.size} ${axisName}, as in "${known.of}"`,
          found: `${size}`,
        });
      }
      sizes.set(axisName, { size, of: name });
    }
  }
}
