/**
 * A restricted reader of Python pickles, protocols 2 to 5: a stack machine that builds numbers, texts, lists, dicts and
 * arrays, and nothing else. A pickle may name Python objects and have them called; here a name is looked up in a table
 * of functions of ours, and one that is not in the table ends the reading. No code of the file ever runs.
 */
import { DataError } from "../../base/errors.ts";
import { Cursor } from "./cursor.ts";
import { AllowedGlobal, type AllowedGlobals, type PickleKey, type PickleValue, Stateful } from "./values.ts";

export interface UnpickleOptions {
  /** The file, for errors. */
  readonly where: string;
  readonly globals: AllowedGlobals;
  /** What a persistent id stands for; undefined for one that is not understood. */
  readonly persistent?: (id: PickleValue) => PickleValue | undefined;
  /** Where the pickle begins in the bytes. */
  readonly start?: number;
}

/** Bounds on what a file may make us do; real files stay far below. */
const mostOpcodes = 4_000_000;
const longestInteger = 1024;
const newestProtocol = 5;

/** A place in the stack that a list of operands begins at. */
const mark = Symbol("mark");
type Slot = PickleValue | typeof mark;

/**
 * @returns the value, and the position behind the pickle
 * @throws DataError when the pickle is damaged or names a Python object that is not allowed
 * @throws PickleCutOff when the bytes end too early
 */
export function unpickle(bytes: Uint8Array, options: UnpickleOptions): { value: PickleValue; end: number } {
  const machine = new Machine(bytes, options);
  return { value: machine.run(), end: machine.cursor.position };
}

class Machine {
  readonly cursor: Cursor;
  readonly options: UnpickleOptions;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, options: UnpickleOptions) {
    this.cursor = new Cursor(bytes, options.start ?? 0, options.where);
    this.options = options;
  }

  run(): PickleValue {
    for (let count = 0; count < mostOpcodes; count++) {
      const code = this.cursor.uint8();
      if (code === stop) {
        const value = finished(this.pop());
        return this.#stack.length === 0 ? value : this.fail("one value", `${this.#stack.length + 1} values`);
      }
      const step = steps[code];
      if (step === undefined) this.fail("an opcode of protocols 2 to 5", `opcode 0x${code.toString(16)}`);
      step(this);
    }
    return this.fail(`at most ${mostOpcodes} steps`, "more");
  }

  fail(expected: string, found: string): never {
    throw new DataError("The pickle is damaged or not one that can be read.", {
      where: `${this.options.where}, before byte ${this.cursor.position}`,
      expected,
      found,
    });
  }

  push(value: Slot): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === mark) return this.fail("a value on the stack", "none");
    return value;
  }

  top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined || value === mark) return this.fail("a value on the stack", "none");
    return value;
  }

  /** POP may also take a mark away. */
  drop(): void {
    if (this.#stack.pop() === undefined) this.fail("a value on the stack", "none");
  }

  /** The values above the topmost mark, which is taken away too. */
  popToMark(): PickleValue[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at === -1) this.fail("a mark on the stack", "none");
    const values = this.#stack.splice(at).slice(1) as PickleValue[];
    return values.map(finished);
  }

  memoize(index: number): void {
    this.#memo.set(index, this.top());
  }

  memoizeNext(): void {
    this.memoize(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) this.fail("an entry that was stored before", `entry ${index}`);
    this.push(value);
  }

  text(value: PickleValue): string {
    return typeof value === "string" ? value : this.fail("a text", "another value");
  }

  list(value: PickleValue): PickleValue[] {
    return Array.isArray(value) ? value : this.fail("a list", "another value");
  }

  global(module: string, name: string): void {
    const full = `${module} ${name}`;
    const allowed = this.options.globals.get(full);
    if (allowed === undefined) throw refused(full, this.options.where);
    this.push(allowed);
  }

  call(args: PickleValue): void {
    const callee = this.pop();
    if (!(callee instanceof AllowedGlobal) || callee.call === undefined) {
      this.fail("a call of an allowed name", "a call of something else");
    }
    const made = callee.call(this.list(args).map(finished));
    this.push(made ?? this.fail(`arguments that "${callee.name}" has`, "others"));
  }

  setState(): void {
    const state = this.pop();
    const target = this.top();
    if (target instanceof Map) return; // attributes of a dict, such as a state dict's versions: no data
    if (!(target instanceof Stateful) || !target.setState(finished(state))) {
      this.fail("a state that fits its object", "another one");
    }
  }

  setItems(items: readonly PickleValue[]): void {
    const target = this.top();
    if (!(target instanceof Map) || items.length % 2 !== 0) this.fail("pairs for a dict", "something else");
    for (let i = 0; i < items.length; i += 2) target.set(this.#key(items[i]!), finished(items[i + 1]!));
  }

  append(items: readonly PickleValue[]): void {
    const target = this.list(this.top());
    for (const item of items) target.push(finished(item));
  }

  #key(value: PickleValue): PickleKey {
    if (value === null || typeof value !== "object") return value;
    return this.fail("a number or a text as key of a dict", "another value");
  }

  persistent(): void {
    const id = this.pop();
    const meant = this.options.persistent?.(id);
    this.push(meant ?? this.fail("no reference out of the pickle, or one of PyTorch's", "another one"));
  }
}

function refused(name: string, where: string): DataError {
  return new DataError("The file names a Python object that is not read here; nothing of it was run.", {
    where,
    expected: "arrays, lists, dicts, numbers and texts",
    found: `"${name.replace(/[^\w. ]/g, "?").slice(0, 100)}"`,
    remedy: "Save plain arrays or a state dict in Python; do not load this file elsewhere if you do not trust it.",
  });
}

/** An object under construction as the value it has become. */
function finished(value: PickleValue): PickleValue {
  return value instanceof Stateful ? (value.finished() ?? value) : value;
}

/** A two's complement integer of any length, little-endian. */
function integer(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  value = BigInt.asIntN(8 * bytes.length, value);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

const stop = ".".charCodeAt(0);

type Step = (m: Machine) => void;

/** Every opcode that is read, by the character or number Python's pickletools lists it under. */
const table: Readonly<Record<string, Step>> = {
  // values
  N: (m) => m.push(null),
  "\x88": (m) => m.push(true),
  "\x89": (m) => m.push(false),
  K: (m) => m.push(m.cursor.uint8()),
  M: (m) => m.push(m.cursor.uint16()),
  J: (m) => m.push(m.cursor.int32()),
  "\x8a": (m) => m.push(integer(m.cursor.bytes(m.cursor.uint8()))),
  "\x8b": (m) => {
    const length = m.cursor.int32();
    if (length < 0 || length > longestInteger) m.fail(`an integer of at most ${longestInteger} bytes`, "a longer one");
    m.push(integer(m.cursor.bytes(length)));
  },
  G: (m) => m.push(m.cursor.bigEndianFloat64()),
  "\x8c": (m) => m.push(m.cursor.utf8(m.cursor.uint8())),
  X: (m) => m.push(m.cursor.utf8(m.cursor.uint32())),
  "\x8d": (m) => m.push(m.cursor.utf8(m.cursor.uint64())),
  C: (m) => m.push(m.cursor.bytes(m.cursor.uint8())),
  B: (m) => m.push(m.cursor.bytes(m.cursor.uint32())),
  "\x8e": (m) => m.push(m.cursor.bytes(m.cursor.uint64())),
  "\x96": (m) => m.push(m.cursor.bytes(m.cursor.uint64())), // bytearray
  U: (m) => m.push(latin1(m.cursor.bytes(m.cursor.uint8()))), // Python 2's texts
  T: (m) => m.push(latin1(m.cursor.bytes(m.cursor.uint32()))),
  // containers
  "(": (m) => m.push(mark),
  ")": (m) => m.push([]),
  "]": (m) => m.push([]),
  "}": (m) => m.push(new Map()),
  "\x85": (m) => m.push([finished(m.pop())]),
  "\x86": (m) => m.push([m.pop(), m.pop()].reverse().map(finished)),
  "\x87": (m) => m.push([m.pop(), m.pop(), m.pop()].reverse().map(finished)),
  t: (m) => m.push(m.popToMark()),
  l: (m) => m.push(m.popToMark()),
  d: (m) => {
    const items = m.popToMark();
    m.push(new Map());
    m.setItems(items);
  },
  a: (m) => m.append([m.pop()]),
  e: (m) => m.append(m.popToMark()),
  s: (m) => {
    const value = m.pop();
    m.setItems([m.pop(), value]);
  },
  u: (m) => m.setItems(m.popToMark()),
  // the stack and the memo
  "0": (m) => m.drop(),
  "1": (m) => {
    m.popToMark();
  },
  "2": (m) => m.push(m.top()),
  q: (m) => m.memoize(m.cursor.uint8()),
  r: (m) => m.memoize(m.cursor.uint32()),
  "\x94": (m) => m.memoizeNext(),
  h: (m) => m.recall(m.cursor.uint8()),
  j: (m) => m.recall(m.cursor.uint32()),
  // names, calls and references out of the pickle
  c: (m) => m.global(m.cursor.line(), m.cursor.line()),
  "\x93": (m) => {
    const name = m.text(m.pop());
    m.global(m.text(m.pop()), name);
  },
  R: (m) => m.call(m.pop()),
  "\x81": (m) => m.call(m.pop()), // a class called with arguments
  b: (m) => m.setState(),
  Q: (m) => m.persistent(),
  // framing
  "\x80": (m) => {
    const protocol = m.cursor.uint8();
    if (protocol < 2 || protocol > newestProtocol) m.fail("protocol 2 to 5", `protocol ${protocol}`);
  },
  "\x95": (m) => {
    m.cursor.uint64(); // a frame's length is a hint for buffering
  },
};

const steps: readonly (Step | undefined)[] = Array.from({ length: 256 }, (_, code) => {
  const key = String.fromCharCode(code);
  return Object.hasOwn(table, key) ? table[key] : undefined;
});
