import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeOf } from "../base/arrays.ts";
import { DataError, ModelError } from "../base/errors.ts";
import { storedType } from "./dtypes.ts";
import { fileOrder, formatHeader, parseHeader, parseSafetensors } from "./safetensors.ts";

fc.configureGlobal({ seed: 17 });

/** A file with this header and so many zero bytes of data. */
function file(header: string, dataBytes: number, announced?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, announced ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (start: number, end: number, shape = [(end - start) / 4], dtype = "F32") =>
  JSON.stringify({ dtype, shape, data_offsets: [start, end] });

const refusal = (bytes: Uint8Array): unknown => {
  try {
    parseSafetensors(bytes, "x.safetensors");
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("a damaged file", () => {
  it.each([
    ["nothing", new Uint8Array(0), /at least 8 bytes/],
    ["fewer bytes than the length field", new Uint8Array(7), /found: 7 bytes/],
    ["a header longer than the file", file("{}", 0, 3n), /at most 2 bytes/],
    ["a header of 2^63 bytes", file("{}", 0, 2n ** 63n), /9223372036854775808 bytes announced/],
    ["a header longer than any", file(" ".repeat(16), 0, 100_000_001n), /bytes announced/],
    ["no JSON", file("{", 0), /JSON object/],
    ["no UTF-8", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe), /JSON object/],
    ["a byte order mark", file("\ufeff{}", 0), /JSON object/],
    ["another JSON value", file("[]", 0), /JSON object/],
    ["null", file("null", 0), /JSON object/],
    ["bytes behind the last tensor", file(`{"a":${entry(0, 4)}}`, 8), /expected: .* bytes, as the header says/],
    ["fewer bytes than the tensors need", file(`{"a":${entry(0, 8)}}`, 4), /as the header says/],
    ["a gap", file(`{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 12), /tensor "b".*begin at/s],
    ["a gap at the beginning", file(`{"a":${entry(4, 8)}}`, 8), /tensor "a".*begin at/s],
    ["an overlap", file(`{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12), /tensor "b".*begin at/s],
    ["the same bytes twice", file(`{"a":${entry(0, 4)},"b":${entry(0, 4)}}`, 4), /begin at/],
    ["reversed offsets", file(`{"a":${entry(4, 0, [1])}}`, 4), /expected: 4 bytes.*found: -4 bytes/s],
    ["negative offsets", file(`{"a":${entry(-4, 0)}}`, 0), /data_offsets/],
    ["fractional offsets", file(`{"a":${entry(0, 4.5, [1])}}`, 5), /data_offsets/],
    ["huge offsets", file(`{"a":${entry(0, 1e300, [1])}}`, 4), /data_offsets/],
    ["a negative axis", file(`{"a":${entry(0, 4, [-1])}}`, 4), /shape/],
    ["axes whose product overflows", file(`{"a":${entry(0, 4, [2 ** 53 - 1, 2 ** 53 - 1])}}`, 4), /found: 4 bytes/],
    ["a shape that needs other bytes", file(`{"a":${entry(0, 8, [3])}}`, 8), /expected: 12 bytes for F32 \[3\]/],
    ["an unknown type", file(`{"a":${entry(0, 4, [1], "F31")}}`, 4), /"F31"/],
    ["a type named after an object's property", file(`{"a":${entry(0, 4, [1], "constructor")}}`, 4), /constructor/],
    ["an entry without offsets", file('{"a":{"dtype":"F32","shape":[]}}', 0), /data_offsets/],
    ["an entry that is no object", file('{"a":3}', 0), /tensor "a"/],
    ["metadata that is no text", file('{"__metadata__":{"a":1}}', 0), /__metadata__/],
    ["metadata that is a list", file('{"__metadata__":["a"]}', 0), /__metadata__/],
    ["a tensor twice", file(`{"a":${entry(0, 4)},"a":${entry(0, 4)}}`, 4), /"a" twice/],
    ["a tensor twice, once escaped", file(`{"a":${entry(0, 0)},"\\u0061":${entry(0, 4)}}`, 4), /"a" twice/],
    ["a field twice", file('{"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4), /"dtype" twice/],
  ])("is refused: %s", (_, bytes, message) => {
    const error = refusal(bytes);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toMatch(message);
  });

  it("is not confused with one that only looks odd", () => {
    const odd = `{ "__proto__" : ${entry(0, 4)}, "x\\"{:" : ${entry(4, 4, [0])}, "y": ${entry(4, 8, [])} } \n `;
    expect([...parseSafetensors(file(odd, 8), "odd").weights.keys()]).toEqual(["__proto__", 'x"{:', "y"]);
    expect(parseSafetensors(file("{}", 0), "empty").weights.size).toBe(0);
  });

  it("names the types that can be read when a tensor has another", () => {
    const error = refusal(file(`{"a":${entry(0, 8, [1], "U64")}}`, 8));
    expect(error).toBeInstanceOf(ModelError);
    expect((error as Error).message).toMatch(/F32, I64, BOOL, F16, BF16.*found: U64/s);
  });

  const anyEntry = fc.record(
    {
      dtype: fc.oneof(fc.constantFrom("F32", "I64", "BOOL", "F16", "U8", "F64", "U64"), fc.string()),
      shape: fc.oneof(fc.array(fc.integer({ min: -1, max: 4 })), fc.jsonValue()),
      data_offsets: fc.oneof(
        fc.tuple(fc.integer({ min: -1, max: 64 }), fc.integer({ min: -1, max: 64 })),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: [] },
  );
  const anyHeader = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(fc.oneof(fc.string(), fc.constant("__metadata__")), anyEntry).map((header) => JSON.stringify(header)),
  );

  it("never ends in anything but an error for people (any header)", () => {
    fc.assert(
      fc.property(anyHeader, fc.nat(64), (header, dataBytes) => {
        const error = refusal(file(header, dataBytes));
        expect(error === undefined || error instanceof DataError || error instanceof ModelError).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("never ends in anything but an error for people (a good file with bytes changed or cut)", () => {
    const good = file(`{"a":${entry(0, 8)},"b":${entry(8, 16, [1, 2])},"__metadata__":{"k":"v"}}`, 16);
    expect(refusal(good)).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, length) => {
        const bad = good.slice(0, length);
        if (at < length) bad[at] = value;
        const error = refusal(bad);
        expect(error === undefined || error instanceof DataError || error instanceof ModelError).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a file in memory", () => {
  const bytes = file(`{"a":${entry(0, 4)},"b":${entry(4, 8, [2], "F16")}} `, 8);
  const start = bytes.length - 8;
  bytes.set(new Uint8Array(Float32Array.of(1.5).buffer), start);
  bytes.set(new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer), start + 4);

  it.each([0, 1, 2, 3])("is read wherever it begins (%d bytes in)", (offset) => {
    const whole = new Uint8Array(bytes.length + offset);
    whole.set(bytes, offset);
    const { weights } = parseSafetensors(whole.subarray(offset), "offset");
    const [a, b] = [weights.get("a")!, weights.get("b")!];
    expect(a).toMatchObject({ dtype: "float32", shape: [1], data: Float32Array.of(1.5) });
    expect({ dtype: b.dtype, shape: b.shape, data: b.data }).toEqual({
      dtype: "float32",
      shape: [2],
      data: Float32Array.of(1, -2),
    });
    const isAligned = (offset + start) % 4 === 0;
    expect(a.data.buffer === whole.buffer).toBe(isAligned);
  });
});

describe("a header", () => {
  const tensor = fc.record({
    name: fc.string({ unit: "grapheme" }).filter((name) => name !== "__metadata__"),
    dtype: fc.constantFrom("float32" as const, "int64" as const, "bool" as const),
    shape: fc.array(fc.nat(3), { maxLength: 3 }),
  });
  const tensors = fc.uniqueArray(tensor, { selector: ({ name }) => name });

  it("that was written can be read, and its tensors begin at multiples of their width", () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(fc.string(), fc.string()), (layouts, metadata) => {
        const ordered = fileOrder(layouts);
        const header = formatHeader(ordered, metadata);
        const width = { float32: 4, int64: 8, bool: 1 };
        const size = header.length + ordered.reduce((sum, { dtype, shape }) => sum + width[dtype] * sizeOf(shape), 0);
        const read = parseHeader(header.subarray(8), size, "round trip");
        expect({ ...read.metadata }).toEqual({ ...metadata });
        expect([...read.entries.keys()].sort()).toEqual(layouts.map(({ name }) => name).sort());
        for (const { name, dtype, shape } of layouts) {
          const entry = read.entries.get(name)!;
          expect({ type: entry.type, shape: entry.shape }).toEqual({ type: storedType[dtype], shape });
          expect(entry.start % width[dtype]).toBe(0);
        }
      }),
    );
  });
});
