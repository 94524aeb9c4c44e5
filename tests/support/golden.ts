/** Golden files: manifest and arrays of a topic (see tests/golden/README.md). */
import { existsSync, readFileSync } from "node:fs";
import { type Float32HostArray, float32, type Shape } from "../../src/base/arrays.ts";

export interface Golden<Manifest> {
  readonly manifest: Manifest;
  /** The array of this name; fails when there is none. */
  array(name: string): Float32HostArray;
  /** The arrays whose names begin with `prefix`, without it; fails when there are none. */
  under(prefix: string): Map<string, Float32HostArray>;
}

const folder = new URL("../golden/", import.meta.url);

function readArrays(file: URL): Map<string, Float32HostArray> {
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE());
  type Entry = { readonly shape: Shape; readonly data_offsets: readonly [number, number] };
  const header = JSON.parse(bytes.toString("utf8", 8, start)) as Record<string, Entry>;
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  return new Map(
    entries.map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const copy = new Uint8Array(bytes.subarray(start + from, start + to));
        return [name, float32(shape, new Float32Array(copy.buffer))];
      },
    ),
  );
}

/** Reads a topic. The type is what the test expects of its manifest. */
export function readGolden<Manifest>(topic: string): Golden<Manifest> {
  const manifest = JSON.parse(readFileSync(new URL(`${topic}/manifest.json`, folder), "utf8")) as Manifest;
  const file = new URL(`${topic}/arrays.safetensors`, folder);
  const arrays = existsSync(file) ? readArrays(file) : new Map<string, Float32HostArray>();
  return {
    manifest,
    array: (name) => {
      const array = arrays.get(name);
      if (array === undefined) throw new Error(`golden ${topic}: no array ${name}`);
      return array;
    },
    under: (prefix) => {
      const found = [...arrays].filter(([name]) => name.startsWith(prefix));
      if (found.length === 0) throw new Error(`golden ${topic}: no arrays under ${prefix}`);
      return new Map(found.map(([name, array]) => [name.slice(prefix.length), array]));
    },
  };
}
