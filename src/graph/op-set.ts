/** What one op is: a row in each of three tables. */
import type { DType, HostArray, Shape } from "../base/arrays.ts";
import type { Node, Tensor } from "./graph.ts";
import type { Emitter } from "./onnx/emitter.ts";

/** dtype and shape of a value. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape;
  /**
   * Axes with a name may have another size in each run, the same one wherever the name stands; `shape` then holds the
   * size that the graph was built with. Absent, every axis is as `shape` says.
   */
  readonly axes?: AxisNames;
}

/** For each axis its name, or undefined for one of fixed size. */
export type AxisNames = readonly (string | undefined)[];

/** Fixed settings of a node. Tables of the core ops know them by op (`OpAttributes` in ops.ts). */
export type Attributes = Readonly<Record<string, number | boolean | string | readonly number[] | HostArray>>;

/** Types of the outputs from types of the inputs. @throws ShapeError naming `where` */
export type ShapeRule<A = Attributes> = (call: {
  readonly where: string;
  readonly inputs: readonly ValueType[];
  readonly attributes: A;
}) => readonly ValueType[];

/** Writes the ONNX nodes that compute `node`, ending in its own output names. */
export type OnnxRule<A = Attributes> = (emitter: Emitter, node: Node & { readonly attributes: A }) => void;

/**
 * Gradients of the inputs from the gradients of the outputs (undefined where an output is not used), made of more
 * graph. Broadcast axes are summed by the walker, not by the rule. An input without gradient is undefined.
 */
export type GradientRule<A = Attributes> = (
  node: Node & { readonly attributes: A },
  dys: readonly (Tensor | undefined)[],
) => readonly (Tensor | undefined)[];

/** A stated reason for having no gradient. */
export interface NoGradient {
  readonly noGradient: string;
}

export interface OpRow {
  readonly shape: ShapeRule;
  readonly onnx: OnnxRule;
  readonly gradient: GradientRule | NoGradient;
}

export type OpSet = Readonly<Record<string, OpRow>>;

/** The same ops and more. */
export function extendOps(ops: OpSet, more: OpSet): OpSet {
  return { ...ops, ...more };
}

export function noGradient(reason: string): NoGradient {
  return { noGradient: reason };
}
