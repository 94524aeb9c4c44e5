/**
 * The float64 reference interpreter: a slow, plain evaluation of every op. It is the oracle of the engine and of the
 * gradient rules. All dtypes are held as float64 (int64 as whole numbers, bool as 0 and 1).
 */
import { type Shape, sizeOf } from "../../src/base/arrays.ts";
import { type Node, reachable, type Tensor } from "../../src/graph/index.ts";
import type { OpAttributes, OpName } from "../../src/graph/ops.ts";

export interface ReferenceArray {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export type ReferenceRule<A = Node["attributes"]> = (
  inputs: readonly ReferenceArray[],
  attributes: A,
  node: Node,
) => readonly Float64Array[];

/** Number of elements of one step along each axis. */
function strides(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Calls `visit` with the index of every element, row-major. */
function eachIndex(shape: Shape, visit: (index: readonly number[], flat: number) => void): void {
  const index = shape.map(() => 0);
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Element of x at an index of the shape it is broadcast to. */
function at(x: ReferenceArray, index: readonly number[]): number {
  const steps = strides(x.shape);
  const surplus = index.length - x.shape.length;
  let flat = 0;
  x.shape.forEach((size, axis) => {
    if (size !== 1) flat += index[axis + surplus]! * steps[axis]!;
  });
  return x.data[flat]!;
}

/** Fills an array of the node's output shape from a function of the index. */
function fill(shape: Shape, value: (index: readonly number[]) => number): Float64Array {
  const data = new Float64Array(sizeOf(shape));
  eachIndex(shape, (index, flat) => {
    data[flat] = value(index);
  });
  return data;
}

/** x[indices] along the first axis. */
function rowsOf([x, indices]: readonly ReferenceArray[]): Float64Array[] {
  const width = sizeOf(x!.shape.slice(1));
  const data = new Float64Array(indices!.data.length * width);
  indices!.data.forEach((row, i) => {
    data.set(x!.data.subarray(row * width, (row + 1) * width), i * width);
  });
  return [data];
}

function outShape(node: Node, i = 0): Shape {
  return node.outputs[i]!.shape;
}

function unary(f: (x: number) => number): ReferenceRule<object> {
  return ([x]) => [x!.data.map(f)];
}

function binary(f: (a: number, b: number) => number): ReferenceRule<object> {
  return ([a, b], _, node) => [fill(outShape(node), (index) => f(at(a!, index), at(b!, index)))];
}

/** A function of each row of the last axis. */
function rows(f: (row: Float64Array) => ArrayLike<number>): ReferenceRule<object> {
  return ([x]) => {
    const width = x!.shape.at(-1)!;
    const data = new Float64Array(x!.data.length);
    for (let start = 0; start < data.length; start += width) data.set(f(x!.data.subarray(start, start + width)), start);
    return [data];
  };
}

/** The error function as what it is, an integral, by Simpson's rule: exact to 1e-12. */
function erf(x: number): number {
  const steps = 2000;
  const end = Math.min(Math.abs(x), 6); // what is beyond is less than 1e-16
  const weight = (i: number) => (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2);
  let sum = 0;
  for (let i = 0; i <= steps; i++) sum += weight(i) * Math.exp(-(((i * end) / steps) ** 2));
  return (Math.sign(x) * 2 * sum * end) / (3 * steps * Math.sqrt(Math.PI));
}

function logSumExp(row: Float64Array): number {
  const largest = row.reduce((a, b) => Math.max(a, b));
  return largest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

function replaced(index: readonly number[], axis: number, value: number): number[] {
  return index.map((old, i) => (i === axis ? value : old));
}

const rules: { readonly [O in OpName]: ReferenceRule<OpAttributes[O]> } = {
  constant: (_, { value }) => [Float64Array.from(value.data as ArrayLike<number>, Number)],
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  neg: unary((x) => -x),
  exp: unary(Math.exp),
  sqrt: unary(Math.sqrt),
  tanh: unary(Math.tanh),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  relu: unary((x) => Math.max(x, 0)),
  erf: unary(erf),
  gelu: unary((x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))),
  geluErf: unary((x) => (x / 2) * (1 + erf(x / Math.SQRT2))),
  cast: ([x], { to }) => [x!.data.map((v) => (to === "float32" ? v : to === "bool" ? Number(v !== 0) : Math.trunc(v)))],
  greater: binary((a, b) => Number(a > b)),
  equal: binary((a, b) => Number(a === b)),
  where: ([condition, a, b], _, node) => [
    fill(outShape(node), (index) => (at(condition!, index) !== 0 ? at(a!, index) : at(b!, index))),
  ],
  matmul: ([a, b], { transA, transB, alpha }, node) => {
    const inner = a!.shape.at(transA ? -2 : -1)!;
    const product = (index: readonly number[]) => {
      const [leading, row, column] = [index.slice(0, -2), index.at(-2)!, index.at(-1)!];
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const left = at(a!, [...leading, ...(transA ? [k, row] : [row, k])]);
        sum += left * at(b!, [...leading, ...(transB ? [column, k] : [k, column])]);
      }
      return alpha * sum;
    };
    return [fill(outShape(node), product)];
  },
  softmax: rows((row) => {
    const total = logSumExp(row);
    return row.map((value) => Math.exp(value - total));
  }),
  logSoftmax: rows((row) => {
    const total = logSumExp(row);
    return row.map((value) => value - total);
  }),
  layerNorm: ([x, weight, bias], { epsilon }) => {
    const width = x!.shape.at(-1)!;
    const count = x!.data.length / width;
    const normalised = new Float64Array(x!.data.length);
    const [means, inverses] = [new Float64Array(count), new Float64Array(count)];
    for (let r = 0; r < count; r++) {
      const row = x!.data.subarray(r * width, (r + 1) * width);
      const mean = row.reduce((sum, value) => sum + value, 0) / width;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
      means[r] = mean;
      inverses[r] = 1 / Math.sqrt(variance + epsilon);
      row.forEach((value, i) => {
        normalised[r * width + i] = (value - mean) * inverses[r]! * weight!.data[i]! + bias!.data[i]!;
      });
    }
    return [normalised, means, inverses];
  },
  crossEntropy: ([logits, targets], _, node) => {
    const [logProbabilities] = rules.logSoftmax([logits!], {}, node) as [Float64Array];
    const width = logits!.shape[1]!;
    return [targets!.data.map((target, row) => -logProbabilities[row * width + target]!), logProbabilities];
  },
  reduceSum: ([x], { axes }, node) => {
    const kept = x!.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const steps = strides(kept);
    const data = new Float64Array(sizeOf(outShape(node)));
    eachIndex(x!.shape, (index, flat) => {
      const target = index.reduce((sum, i, axis) => sum + (axes.includes(axis) ? 0 : i * steps[axis]!), 0);
      data[target]! += x!.data[flat]!;
    });
    return [data];
  },
  reshape: ([x]) => [x!.data],
  transpose: ([x], { permutation }, node) => [
    fill(outShape(node), (index) => {
      const source = permutation.map(() => 0);
      permutation.forEach((axis, i) => {
        source[axis] = index[i]!;
      });
      return at(x!, source);
    }),
  ],
  expand: ([x], _, node) => [fill(outShape(node), (index) => at(x!, index))],
  concat: (inputs, { axis }, node) => [
    fill(outShape(node), (index) => {
      let place = index[axis]!;
      let part = 0;
      while (place >= inputs[part]!.shape[axis]!) {
        place -= inputs[part]!.shape[axis]!;
        part++;
      }
      return at(inputs[part]!, replaced(index, axis, place));
    }),
  ],
  slice: ([x], { axis, start }, node) => [
    fill(outShape(node), (index) => at(x!, replaced(index, axis, index[axis]! + start))),
  ],
  pad: ([x], { axis, before }, node) => [
    fill(outShape(node), (index) => {
      const place = index[axis]! - before;
      return place >= 0 && place < x!.shape[axis]! ? at(x!, replaced(index, axis, place)) : 0;
    }),
  ],
  gather: rowsOf,
  rearrange: ([x, indices, inverse]) => {
    const rest = x!.shape.slice(inverse!.shape.length);
    return rowsOf([{ shape: [inverse!.data.length, ...rest], data: x!.data }, indices!]);
  },
  scatterRows: ([indices, updates], _, node) => {
    const data = new Float64Array(sizeOf(outShape(node)));
    const width = sizeOf(outShape(node).slice(1));
    updates!.data.forEach((value, i) => {
      data[indices!.data[Math.floor(i / width)]! * width + (i % width)]! += value;
    });
    return [data];
  },
  scatterElements: ([x, indices, updates], { axis }) => {
    const data = x!.data.slice();
    const steps = strides(x!.shape);
    eachIndex(indices!.shape, (index, flat) => {
      const place = replaced(index, axis, indices!.data[flat]!);
      data[place.reduce((sum, i, a) => sum + i * steps[a]!, 0)]! += updates!.data[flat]!;
    });
    return [data];
  },
  topK: ([x], { k }) => {
    const width = x!.shape.at(-1)!;
    const [values, indices]: [number[], number[]] = [[], []];
    for (let start = 0; start < x!.data.length; start += width) {
      const row = [...x!.data.subarray(start, start + width).entries()];
      for (const [i, value] of row.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, k)) {
        values.push(value);
        indices.push(i);
      }
    }
    return [Float64Array.from(values), Float64Array.from(indices)];
  },
  conv2d: ([x, kernel, bias], { stride, padding }, node) => [
    fill(outShape(node), ([b, o, row, column]) => {
      const [, , H, W] = x!.shape as [number, number, number, number];
      let sum = bias!.data[o!]!;
      eachIndex(kernel!.shape.slice(1), ([i, dy, dx]) => {
        const [y, z] = [row! * stride - padding + dy!, column! * stride - padding + dx!];
        if (y >= 0 && y < H && z >= 0 && z < W) sum += at(x!, [b!, i!, y, z]) * at(kernel!, [o!, i!, dy!, dx!]);
      });
      return sum;
    }),
  ],
  conv2dImageGradient: ([dy, kernel], { stride, padding }, node) => [
    fill(outShape(node), ([b, i, y, z]) => {
      const [O, , kH, kW] = kernel!.shape as [number, number, number, number];
      const [, , h, w] = dy!.shape as [number, number, number, number];
      let sum = 0;
      eachIndex([O, kH, kW], ([o, ky, kx]) => {
        const [row, column] = [(y! + padding - ky!) / stride, (z! + padding - kx!) / stride];
        const isThere = Number.isInteger(row) && Number.isInteger(column) && row >= 0 && row < h;
        if (isThere && column >= 0 && column < w)
          sum += at(dy!, [b!, o!, row, column]) * at(kernel!, [o!, i!, ky!, kx!]);
      });
      return sum;
    }),
  ],
  conv2dKernelGradient: ([x, dy], { stride, padding }, node) => [
    fill(outShape(node), ([o, i, ky, kx]) => {
      const [B, , h, w] = dy!.shape as [number, number, number, number];
      const [, , H, W] = x!.shape as [number, number, number, number];
      let sum = 0;
      eachIndex([B, h, w], ([b, row, column]) => {
        const [y, z] = [row! * stride - padding + ky!, column! * stride - padding + kx!];
        if (y >= 0 && y < H && z >= 0 && z < W) sum += at(x!, [b!, i!, y, z]) * at(dy!, [b!, o!, row!, column!]);
      });
      return sum;
    }),
  ],
  averagePool: ([x], { size }, node) => [
    fill(outShape(node), ([b, c, row, column]) => {
      let sum = 0;
      eachIndex([size, size], ([dy, dx]) => {
        sum += at(x!, [b!, c!, row! * size + dy!, column! * size + dx!]);
      });
      return sum / size ** 2;
    }),
  ],
};

/** Names of the ops the interpreter knows. */
export const referenceOps: readonly string[] = Object.keys(rules);

/** Anything that can feed the interpreter. */
export type ReferenceFeeds = ReadonlyMap<string, { readonly data: ArrayLike<number | bigint> }>;

/**
 * Evaluates the outputs in float64.
 * @param more rows for ops that are not in the core set
 */
export function interpret(
  outputs: Readonly<Record<string, Tensor>>,
  feeds: ReferenceFeeds,
  more: Readonly<Record<string, ReferenceRule>> = {},
): Map<string, ReferenceArray> {
  const values = new Map<Tensor, ReferenceArray>();
  const value = (tensor: Tensor): ReferenceArray => {
    const known = values.get(tensor);
    if (known !== undefined) return known;
    const feed = feeds.get(tensor.name);
    if (feed === undefined || feed.data.length !== sizeOf(tensor.shape)) throw new Error(`no feed for ${tensor.name}`);
    const made = { shape: tensor.shape, data: Float64Array.from(feed.data as ArrayLike<number>, Number) };
    values.set(tensor, made);
    return made;
  };
  for (const node of reachable(Object.values(outputs))) {
    const rule = (more[node.op] ?? rules[node.op as OpName]) as ReferenceRule;
    rule(node.inputs.map(value), node.attributes, node).forEach((data, i) => {
      values.set(node.outputs[i]!, { shape: node.outputs[i]!.shape, data });
    });
  }
  return new Map(Object.entries(outputs).map(([name, tensor]) => [name, value(tensor)]));
}
