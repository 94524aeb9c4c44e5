/** DICOM files made for tests, good ones and others. */
import { deflateRawSync } from "node:zlib";

/** An element of a little-endian explicit file, 16-bit VR length. */
export function element(group: number, number: number, vr: string, value: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, "latin1");
  head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}

/** A sequence of one item, with explicit lengths. */
export function sequence(group: number, number: number, ...elements: readonly Buffer[]): Buffer {
  const item = Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]), ...elements]);
  item.writeUInt32LE(item.length - 8, 4);
  const head = Buffer.concat([element(group, number, "SQ", Buffer.alloc(0)), Buffer.alloc(4)]); // two bytes reserved
  head.writeUInt32LE(item.length, 8);
  return Buffer.concat([head, item]);
}

export const word = (value: number) => Buffer.of(value & 255, value >> 8);
const text = (value: string) => Buffer.from(value.length % 2 === 0 ? value : `${value} `, "latin1");

export interface MadeDicom {
  readonly syntax?: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly bits?: readonly [allocated: number, stored: number, high: number];
  readonly samples?: number;
  readonly photometric?: string;
  readonly frames?: string;
  readonly pixels?: Buffer;
  /** Elements between those of the image and its pixels, in the order of their tags. */
  readonly elements?: readonly Buffer[];
  /** In place of the deflated data set. */
  readonly deflated?: Buffer;
}

/** A 2 × 3 film of 16 bits, and what a test changes about it. */
export function dicomFile({
  syntax = "1.2.840.10008.1.2.1",
  rows = 2,
  columns = 3,
  bits = [16, 16, 15],
  ...more
}: MadeDicom = {}): Buffer {
  const {
    samples = 1,
    photometric = "MONOCHROME2",
    frames,
    pixels = Buffer.from(Uint16Array.of(0, 1, 2, 3, 4, 65535).buffer),
  } = more;
  const transferSyntax = element(
    2,
    0x10,
    "UI",
    Buffer.from(syntax.length % 2 === 0 ? syntax : `${syntax}\0`, "latin1"),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(transferSyntax.length);
  const pixelHead = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0, 0, 0, 0, 0]);
  pixelHead.writeUInt32LE(pixels.length, 8);
  const dataset = Buffer.concat([
    element(0x28, 2, "US", word(samples)),
    element(0x28, 4, "CS", text(photometric)),
    ...(frames === undefined ? [] : [element(0x28, 8, "IS", text(frames))]),
    element(0x28, 0x10, "US", word(rows)),
    element(0x28, 0x11, "US", word(columns)),
    ...bits.map((value, i) => element(0x28, 0x100 + i, "US", word(value))),
    element(0x28, 0x103, "US", word(0)),
    ...(more.elements ?? []),
    pixelHead,
    pixels,
  ]);
  const isDeflated = syntax.endsWith(".99");
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from("DICM"),
    element(2, 0, "UL", length),
    transferSyntax,
    isDeflated ? (more.deflated ?? deflateRawSync(dataset)) : dataset,
  ]);
}
