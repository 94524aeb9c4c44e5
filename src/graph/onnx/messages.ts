/** The few ONNX protobuf messages we write: field numbers of onnx.proto, on the wire format of @bufbuild/protobuf. */
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { type DType, type HostArray, sizeOf } from "../../base/arrays.ts";
import type { ValueType } from "../op-set.ts";

/** IR and operator-set versions of the files we write; onnxruntime 1.30 reads them, and Gelu needs 20. */
const versions = { ir: 9, opset: 20, contrib: 1 } as const;

/** Domain of ONNX Runtime's own fused ops. */
export const contribDomain = "com.microsoft";

const elementType: Record<DType, number> = { float32: 1, int64: 7, bool: 9 };

export type AttributeValue = number | { readonly float: number } | string | readonly number[];

export interface OnnxNode {
  readonly opType: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, HostArray>;
  /** Initialisers whose bytes lie outside the model, in a location of their name. */
  readonly external: ReadonlyMap<string, ValueType>;
  readonly inputs: ReadonlyMap<string, ValueType>;
  readonly outputs: ReadonlyMap<string, ValueType>;
  /** Whether some axis of the inputs is free, so that nothing is said of the outputs' sizes. */
  readonly hasFreeAxes: boolean;
}

const varint = 0;
const lengthDelimited = 2;
const fixed32 = 5;

/** Writes fields of one message; nested messages are functions over a writer of their own. */
class Message {
  readonly #wire = new BinaryWriter();

  string(field: number, value: string): this {
    this.#wire.tag(field, lengthDelimited).string(value);
    return this;
  }
  integer(field: number, value: number): this {
    this.#wire.tag(field, varint).int64(value);
    return this;
  }
  float(field: number, value: number): this {
    this.#wire.tag(field, fixed32).float(value);
    return this;
  }
  bytes(field: number, value: Uint8Array): this {
    this.#wire.tag(field, lengthDelimited).bytes(value);
    return this;
  }
  message(field: number, write: (message: Message) => void): this {
    const nested = new Message();
    write(nested);
    return this.bytes(field, nested.finish());
  }
  finish(): Uint8Array {
    return this.#wire.finish();
  }
}

function writeAttribute(to: Message, name: string, value: AttributeValue): void {
  to.string(1, name);
  if (typeof value === "number") to.integer(3, value).integer(20, 2);
  else if (typeof value === "string") to.bytes(4, new TextEncoder().encode(value)).integer(20, 3);
  else if ("float" in value) to.float(2, value.float).integer(20, 1);
  else {
    for (const item of value) to.integer(8, item);
    to.integer(20, 7);
  }
}

function writeNode(to: Message, node: OnnxNode): void {
  for (const input of node.inputs) to.string(1, input);
  for (const output of node.outputs) to.string(2, output);
  to.string(3, node.name).string(4, node.opType);
  for (const [name, value] of Object.entries(node.attributes)) to.message(5, (m) => writeAttribute(m, name, value));
  if (node.domain !== "") to.string(7, node.domain);
}

function writeTensor(to: Message, name: string, { dtype, shape, data }: HostArray): void {
  for (const axis of shape) to.integer(1, axis);
  to.integer(2, elementType[dtype]).string(8, name);
  to.bytes(9, new Uint8Array(data.buffer, data.byteOffset, sizeOf(shape) * data.BYTES_PER_ELEMENT));
}

function writeExternalTensor(to: Message, name: string, { dtype, shape }: ValueType): void {
  for (const axis of shape) to.integer(1, axis);
  to.integer(2, elementType[dtype]).string(8, name);
  to.message(13, (entry) => entry.string(1, "location").string(2, name)).integer(14, 1);
}

function writeValue(to: Message, name: string, { dtype, shape, axes = [] }: ValueType): void {
  const writeShape = (m: Message) => {
    for (const [i, size] of shape.entries()) {
      const axis = axes[i];
      m.message(1, (dimension) => (axis === undefined ? dimension.integer(1, size) : dimension.string(2, axis)));
    }
  };
  to.string(1, name);
  to.message(2, (type) => type.message(1, (tensor) => tensor.integer(1, elementType[dtype]).message(2, writeShape)));
}

/** A weight that is written into the file, or whose bytes lie in a file beside it. */
export interface EmbeddedWeight {
  readonly name: string;
  readonly array: HostArray;
  readonly external?: { readonly file: string; readonly offset: number };
}

/** A weight's message without its bytes, and the bytes that belong at its end. */
function weightParts({ name, array, external }: EmbeddedWeight): readonly Uint8Array[] {
  const { dtype, shape, data } = array;
  const head = new Message();
  for (const axis of shape) head.integer(1, axis);
  head.integer(2, elementType[dtype]).string(8, name);
  if (external === undefined) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return [head.finish(), lengthPrefix(9, bytes.length), bytes];
  }
  const places = { location: external.file, offset: String(external.offset), length: String(data.byteLength) };
  for (const [key, value] of Object.entries(places)) head.message(13, (m) => m.string(1, key).string(2, value));
  return [head.integer(14, 1).finish()];
}

/** Tag and length of a field whose bytes follow. */
function lengthPrefix(field: number, length: number): Uint8Array {
  return new BinaryWriter().tag(field, lengthDelimited).uint32(length).finish();
}

const totalLength = (parts: readonly Uint8Array[]) => parts.reduce((sum, { length }) => sum + length, 0);

/**
 * A whole ONNX file of the graph, piece by piece, so that the weights are never copied.
 * @param weights tensors of the graph that stand in the file instead of among its inputs
 */
export function* modelChunks(graph: OnnxGraph, weights: readonly EmbeddedWeight[]): Generator<Uint8Array> {
  const body = new Message();
  for (const node of graph.nodes) body.message(1, (m) => writeNode(m, node));
  body.string(2, graph.name);
  for (const [name, array] of graph.initializers) body.message(5, (m) => writeTensor(m, name, array));
  for (const [name, type] of graph.external) body.message(5, (m) => writeExternalTensor(m, name, type));
  for (const [name, type] of graph.inputs) body.message(11, (m) => writeValue(m, name, type));
  for (const [name, { dtype, shape }] of graph.outputs) {
    const axes = graph.hasFreeAxes ? shape.map((_, axis) => `${name}, axis ${axis}`) : [];
    body.message(12, (m) => writeValue(m, name, { dtype, shape, axes }));
  }
  const parts = [body.finish()];
  for (const weight of weights) {
    const inner = weightParts(weight);
    parts.push(lengthPrefix(5, totalLength(inner)), ...inner);
  }
  yield new Message().integer(1, versions.ir).string(2, "regionformer").finish();
  yield lengthPrefix(7, totalLength(parts));
  yield* parts;
  const opsets = new Message();
  opsets.message(8, (to) => to.string(1, "").integer(2, versions.opset));
  opsets.message(8, (to) => to.string(1, contribDomain).integer(2, versions.contrib));
  yield opsets.finish();
}

/** A whole ONNX file of the graph, without weights. */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const chunks = [...modelChunks(graph, [])];
  const file = new Uint8Array(totalLength(chunks));
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}
