/** Pickles as Python writes them, for tests that need a feature cache with vectors of their own. */

export type Picklable =
  | null
  | number
  | string
  | Float32Array
  | readonly Picklable[]
  | { readonly [key: string]: Picklable };

const opcode = (text: string) => Buffer.from(text, "latin1");

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([opcode("X"), length, bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) {
    bytes.write("J", "latin1");
    bytes.writeInt32LE(value, 1);
    return bytes.subarray(0, 5);
  }
  bytes.write("G", "latin1");
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** A vector as numpy pickles an array: an empty one is made, then it is given its state. */
function vector(values: Float32Array): Buffer {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([
    opcode("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R"),
    opcode("(K\x01"),
    number(values.length),
    opcode("\x85cnumpy\ndtype\n"),
    text("f4"),
    opcode("\x89\x88\x87R(K\x03"),
    text("<"),
    opcode("NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89B"),
    length,
    bytes,
    opcode("tb"),
  ]);
}

function written(value: Picklable): Buffer {
  if (value === null) return opcode("N");
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return number(value);
  if (value instanceof Float32Array) return vector(value);
  if (Array.isArray(value)) return Buffer.concat([opcode("]("), ...value.map(written), opcode("e")]);
  const items = Object.entries(value).flatMap(([key, item]) => [text(key), written(item)]);
  return Buffer.concat([opcode("}("), ...items, opcode("u")]);
}

/** A pickle of protocol 3. */
export function pickleFile(value: Picklable): Buffer {
  return Buffer.concat([opcode("\x80\x03"), written(value), opcode(".")]);
}
