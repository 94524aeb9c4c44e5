/** WebAssembly's binary format (version 1 with vectors of 128 bits): as much as one loop over arrays needs. */

/** Bytes of a module or of a part of it. */
export type Code = readonly number[];

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function sized(content: Code): Code {
  return [...unsigned(content.length), ...content];
}

function section(id: number, items: readonly Code[]): Code {
  return [id, ...sized(list(items))];
}

function vectorOp(opcode: number): Code {
  return [0xfd, ...unsigned(opcode)];
}

/** Four float32 at a time: operands on the stack, each result rounded as IEEE 754 has it. */
export const float32x4 = {
  neg: vectorOp(0xe1),
  sqrt: vectorOp(0xe3),
  add: vectorOp(0xe4),
  sub: vectorOp(0xe5),
  mul: vectorOp(0xe6),
  div: vectorOp(0xe7),
} satisfies Record<string, Code>;

const [i32, v128] = [0x7f, 0x7b];
/** Locals of the function: where the loop ends, where it is, then the vectors. */
const [end, position, firstVector] = [0, 1, 2];

function getLocal(index: number): Code {
  return [0x20, ...unsigned(index)];
}

/** Vector local `index` onto the stack. */
export function get(index: number): Code {
  return getLocal(firstVector + index);
}

/** The stack's top into vector local `index`. */
export function set(index: number): Code {
  return [0x21, ...unsigned(firstVector + index)];
}

/** Four copies of a number. */
export function constant(value: number): Code {
  return [...vectorOp(0x0c), ...new Uint8Array(Float32Array.of(value, value, value, value).buffer)];
}

/** Four copies of the number at an address. */
export function loadScalar(address: number): Code {
  return [0x41, 0, ...vectorOp(0x09), 2, ...unsigned(address)];
}

/** The loop's four numbers of the array that begins at an address. */
export function load(address: number): Code {
  return [...getLocal(position), ...vectorOp(0x00), 4, ...unsigned(address)];
}

/** Writes what `value` puts onto the stack to the loop's place in the array that begins at an address. */
export function store(address: number, value: Code): Code {
  return [...getLocal(position), ...value, ...vectorOp(0x0b), 4, ...unsigned(address)];
}

/** Of the global object, which all hosts have and no type package for Node declares. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: { run(bytes: number): void } };
};

const pageBytes = 1 << 16;

/**
 * A loop over a memory of its own.
 * @param body what is done at 0, 16, 32, … below the number of bytes that `run` is given
 * @param vectors how many vector locals the body uses
 * @param bytes of the memory
 */
export function openLoop(body: Code, vectors: number, bytes: number) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
  const module = new WebAssembly.Module(loopModule(body, vectors));
  const { run } = new WebAssembly.Instance(module, { host: { memory } }).exports;
  return { memory: memory.buffer, run };
}

/** A module that imports its memory and exports `run`. */
function loopModule(body: Code, vectors: number): Uint8Array {
  const name = (text: string) => sized([...new TextEncoder().encode(text)]);
  const next = [...getLocal(position), 0x41, 16, 0x6a, 0x22, position]; // position += 16, left on the stack
  const loop = [0x03, 0x40, ...body, ...next, ...getLocal(end), 0x49, 0x0d, 0, 0x0b]; // again while it is below the end
  const locals = list([
    [1, i32],
    [...unsigned(vectors), v128],
  ]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, ...list([[i32]]), ...list([])]]), // type: one number, no result
    ...section(2, [[...name("host"), ...name("memory"), 2, 0, 1]]),
    ...section(3, [[0]]),
    ...section(7, [[...name("run"), 0, 0]]),
    ...section(10, [sized([...locals, ...loop, 0x0b])]),
  ]);
}
