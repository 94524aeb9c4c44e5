/** A graph as a short typed program, one line per node, for people and snapshots. */
import { type DType, formatShape } from "../base/arrays.ts";
import { reachable, reachableInputs, type Tensor } from "./graph.ts";
import type { Attributes, ValueType } from "./op-set.ts";

const short: Record<DType, string> = { float32: "f32", int64: "i64", bool: "bool" };

function formatType({ dtype, shape }: ValueType): string {
  return `${short[dtype]}${formatShape(shape)}`;
}

function formatAttributes(attributes: Attributes): string {
  const parts = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === false || (key === "alpha" && value === 1)) return [];
    if (typeof value !== "object") return [`${key}=${value}`];
    if ("data" in value) return [value.data.length === 1 ? `${value.data[0]}` : `${value.data.length} values`];
    return [`${key}=[${value}]`];
  });
  return parts.length === 0 ? "" : ` {${parts.join(" ")}}`;
}

/**
 * The nodes that the named outputs depend on, deterministically, e.g.
 * `mlp/fc1/matmul: f32[2,8] = matmul(x, fc1.weight) {transB=true}`.
 */
export function formatGraph(outputs: Readonly<Record<string, Tensor>>): string {
  const roots = Object.values(outputs);
  return [
    ...reachableInputs(roots).map((tensor) => `${tensor.origin} ${tensor.name}: ${formatType(tensor)}`),
    ...reachable(roots).map(({ op, inputs, outputs: made, attributes }) => {
      const left = made.map((output) => `${output.name}: ${formatType(output)}`).join(", ");
      return `${left} = ${op}(${inputs.map(({ name }) => name).join(", ")})${formatAttributes(attributes)}`;
    }),
    ...Object.entries(outputs).map(([name, tensor]) => `output ${name} = ${tensor.name}`),
  ].join("\n");
}
