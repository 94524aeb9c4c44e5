/** Reverse-mode differentiation: one short walk that appends the backward graph. */
import { float32, formatShape, sameShape } from "../base/arrays.ts";
import { GraphError } from "../base/errors.ts";
import { type Node, reachable, type Tensor } from "./graph.ts";
import type { OpAttributes } from "./ops.ts";
import { add, concat, reduceSum, reshape } from "./ops.ts";

/** Sums the axes over which `x` was broadcast from `shape`. */
function sumTo(x: Tensor, shape: readonly number[]): Tensor {
  const surplus = x.shape.length - shape.length;
  const axes = x.shape.flatMap((size, axis) =>
    axis < surplus || (shape[axis - surplus] === 1 && size !== 1) ? [axis] : [],
  );
  return axes.length === 0 ? x : reshape(reduceSum(x, axes, true), shape);
}

type Pad = Node & { readonly attributes: OpAttributes["pad"] };

/** The node that made a tensor, if it is a pad. */
function padOf({ origin }: Tensor): Pad | undefined {
  return typeof origin !== "string" && origin.op === "pad" ? (origin as Pad) : undefined;
}

/** Two padded tensors without their zeros, side by side, if one begins where the other ends and nothing is left over. */
function joined(first: Pad, second: Pad): Tensor | undefined {
  const { axis, before, after } = first.attributes;
  const [left, right] = [first.inputs[0]!, second.inputs[0]!];
  const { axis: same, before: start, after: rest } = second.attributes;
  const tiles = before === 0 && start === left.shape[axis] && after === right.shape[axis] && rest === 0;
  return axis === same && tiles ? concat([left, right], axis) : undefined;
}

/** The sum of two gradients of one tensor. Those of its two slices are joined, not padded and added. */
function sum(a: Tensor, b: Tensor): Tensor {
  const [padA, padB] = [padOf(a), padOf(b)];
  const whole = padA && padB && (joined(padA, padB) ?? joined(padB, padA));
  return whole ?? add(a, b);
}

/** Nodes on a way from one of the targets to y: the others get no gradient. */
function nodesBetween(targets: ReadonlySet<Tensor>, y: Tensor): Node[] {
  const depends = new Set<Tensor>(targets);
  return reachable([y]).filter((node) => {
    if (!node.inputs.some((input) => depends.has(input))) return false;
    for (const output of node.outputs) depends.add(output);
    return true;
  });
}

/**
 * Appends the derivative of a scalar to the graph.
 * @param loss float32 scalar
 * @param targets the tensors to differentiate by
 * @returns one gradient per target, each of its target's shape, in the same order
 * @throws GraphError when the loss is no scalar, does not depend on a target, or an op on the way has no gradient
 */
export function gradients(loss: Tensor, targets: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0 || loss.dtype !== "float32") {
    throw new GraphError("Only a scalar can be differentiated.", {
      where: loss.name,
      found: `${loss.dtype}${formatShape(loss.shape)}`,
    });
  }
  return vectorJacobianProduct(loss, loss.graph.constant(float32([], [1])), targets);
}

/**
 * The derivative of Σ dy·y with dy taken for a constant, whatever it depends on itself: a derivative in parts, when dy is the
 * gradient by `y` of something beyond it.
 * @param y float32
 * @param dy of y's shape
 * @param targets the tensors to differentiate by
 * @returns one gradient per target, each of its target's shape, in the same order
 * @throws GraphError when dy has another shape, y does not depend on a target, or an op on the way has no gradient
 */
export function vectorJacobianProduct(y: Tensor, dy: Tensor, targets: readonly Tensor[]): Tensor[] {
  const { graph } = y;
  if (dy.dtype !== y.dtype || !sameShape(dy.shape, y.shape)) {
    throw new GraphError("The gradient by a tensor has another shape than the tensor.", {
      where: y.name,
      expected: `${y.dtype}${formatShape(y.shape)}`,
      found: `${dy.dtype}${formatShape(dy.shape)}`,
    });
  }
  const wanted = new Set(targets);
  const between = nodesBetween(wanted, y);
  const mayFlow = new Set([...wanted, ...between.flatMap((node) => node.outputs)]);
  const collected = new Map<Tensor, Tensor>([[y, dy]]);
  graph.scope("grad", () => {
    for (const node of between.reverse()) {
      const dys = node.outputs.map((output) => collected.get(output));
      if (dys.every((dy) => dy === undefined)) continue;
      graph.scope(node.name, () => {
        const rule = graph.ops[node.op]!.gradient;
        if (typeof rule !== "function") {
          throw new GraphError("The op has no gradient.", {
            where: node.name,
            found: `${node.op}: ${rule.noGradient}`,
          });
        }
        rule(node, dys).forEach((dx, i) => {
          const input = node.inputs[i]!;
          if (dx === undefined || !mayFlow.has(input)) return;
          const reduced = sumTo(dx, input.shape);
          if (reduced.dtype !== input.dtype || !sameShape(reduced.shape, input.shape)) {
            throw new GraphError("A gradient rule gave another shape than its operand's.", {
              where: `${node.name}, operand ${i + 1}`,
              expected: `${input.dtype}${formatShape(input.shape)}`,
              found: `${reduced.dtype}${formatShape(reduced.shape)}`,
            });
          }
          const before = collected.get(input);
          collected.set(input, before === undefined ? reduced : sum(before, reduced));
        });
      });
    }
  });
  return targets.map((target) => {
    const gradient = collected.get(target);
    if (gradient === undefined) {
      throw new GraphError("What is differentiated does not depend on a tensor it is differentiated by.", {
        where: target.name,
      });
    }
    return gradient;
  });
}
