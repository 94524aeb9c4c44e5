import { describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.ts";
import { PickleCutOff } from "./cursor.ts";
import { pythonGlobals } from "./python-globals.ts";
import { unpickle } from "./unpickle.ts";
import type { PickleValue } from "./values.ts";

/** Opcodes as text, one character a byte. */
const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

const read = (text: string) => unpickle(bytes(text), { where: "x.pkl", globals: pythonGlobals }).value;

describe("values", () => {
  it.each<[string, string, PickleValue]>([
    ["None", "N.", null],
    ["True", "\x88.", true],
    ["a byte", "K\xff.", 255],
    ["two bytes", "M\x01\x02.", 513],
    ["a negative integer", "J\xff\xff\xff\xff.", -1],
    ["a long of two bytes", "\x8a\x02\x00\xff.", -256],
    ["a long of no bytes", "\x8a\x00.", 0],
    ["a long beyond 2^53", "\x8a\x08\x01\x00\x00\x00\x00\x00\x00\x40.", 2n ** 62n + 1n],
    ["a float", "G\x3f\xf8\x00\x00\x00\x00\x00\x00.", 1.5],
    ["a text", "X\x02\x00\x00\x00\xc3\xa9.", "é"],
    ["a text of Python 2", "U\x01\xe9.", "é"],
    ["bytes", "C\x02\x00\x01.", Uint8Array.of(0, 1)],
    ["a tuple", "K\x01K\x02K\x03\x87.", [1, 2, 3]],
    ["a list", "](K\x01K\x02e.", [1, 2]],
    [
      "a dict",
      "}(K\x01N\x8c\x01aK\x02u.",
      new Map<number | string, number | null>([
        [1, null],
        ["a", 2],
      ]),
    ],
    ["an ordered dict with attributes", "ccollections\nOrderedDict\n)R}\x8c\x01aK\x01sb.", new Map()],
    ["protocol 2's bytes", "c_codecs\nencode\nX\x02\x00\x00\x00\xc3\xbf\x8c\x06latin1\x86R.", Uint8Array.of(255)],
    ["one list twice, through the memo", "]q\x00h\x00\x86.", [[], []]],
    ["a frame", "\x80\x04\x95\x01\x00\x00\x00\x00\x00\x00\x00N.", null],
  ])("%s", (_, text, expected) => expect(read(text)).toEqual(expected));

  it("end where the pickle ends", () => {
    expect(unpickle(bytes("xxN.yy"), { where: "x", globals: pythonGlobals, start: 2 })).toEqual({
      value: null,
      end: 4,
    });
  });

  it("may hold themselves", () => {
    const list = read("]q\x00h\x00a.") as PickleValue[];
    expect(list[0]).toBe(list);
  });
});

describe("a pickle that is refused", () => {
  it.each([
    ["a name that is in no table", "cos\nsystem\n.", /names a Python object.*"os system"/s],
    ["a name put together on the stack", "\x8c\x02os\x8c\x06system\x93.", /"os system"/],
    ["a name built from what is no text", "K\x01\x8c\x06system\x93.", /expected: a text/],
    ["an allowed name with more behind it", "ccollections\nOrderedDict.fromkeys\n.", /OrderedDict.fromkeys/],
    ["a name of an object's property", "cconstructor\nprototype\n.", /"constructor prototype"/],
    ["a long name of odd characters", `c${"\x1b".repeat(500)}\nx\n.`, /found: "\?{100}"/],
    ["a call of a list", "])R.", /a call of an allowed name/],
    ["a call with arguments that are no list", "ccollections\nOrderedDict\nNR.", /expected: a list/],
    [
      "a call with other arguments",
      "ccollections\nOrderedDict\nK\x01\x85R.",
      /arguments that "collections OrderedDict" has/,
    ],
    ["another codec", "c_codecs\nencode\n\x8c\x01a\x8c\x05rot13\x86R.", /arguments that "_codecs encode"/],
    ["a reference out of the pickle", "K\x01Q.", /reference out of the pickle/],
    ["an instance (INST)", "(ios\nsystem\n.", /opcode 0x69/],
    ["an instance (OBJ)", "(cos\nsystem\no.", /names a Python object/],
    ["an extension", "\x82\x01.", /opcode 0x82/],
    ["a named persistent id", "Pid\n.", /opcode 0x50/],
    ["a class with keywords", "\x92.", /opcode 0x92/],
    ["an out-of-band buffer", "\x97.", /opcode 0x97/],
    ["protocol 1", "\x80\x01N.", /protocol 1/],
    ["a protocol of the future", "\x80\x06N.", /protocol 6/],
    ["state for a list", "]}b.", /state that fits/],
    ["a dict with half a pair", "}(K\x01u.", /pairs for a dict/],
    ["a dict with a list as key", "}]Ns.", /key of a dict/],
    ["items for what is no list", "NK\x01a.", /expected: a list/],
    ["no value", ".", /a value on the stack/],
    ["two values", "NN.", /2 values/],
    ["a mark as value", "(.", /a value on the stack/],
    ["no mark", "t.", /a mark on the stack/],
    ["an entry that was never stored", "h\x07.", /entry 7/],
    ["a long of negative length", "\x8b\xff\xff\xff\xff.", /at most 1024 bytes/],
    ["a long without end", "\x8b\xff\xff\xff\x7f.", /at most 1024 bytes/],
  ])("%s", (_, text, message) => {
    expect(() => read(text)).toThrow(DataError);
    expect(() => read(text)).toThrow(message);
  });

  it.each([
    ["nothing", ""],
    ["a value without an end", "N"],
    ["a text longer than the file", "X\xff\xff\xff\xffab."],
    ["bytes of 2^63", `\x8e${"\xff".repeat(8)}a.`],
    ["a name without an end", "cos"],
  ])("%s is cut off", (_, text) => {
    expect(() => read(text)).toThrow(PickleCutOff);
  });

  it("does not go on for ever: ten million empty dicts", () => {
    expect(() => read("}".repeat(10_000_000))).toThrow(/at most 4000000 steps/);
  });

  it("does not overflow the stack: 100,000 lists in each other", () => {
    expect(Array.isArray(read(`${"]".repeat(100_000)}${"a".repeat(99_999)}.`))).toBe(true);
  });
});
