/** Pixels of compressed transfer syntaxes, through the WebAssembly codecs of dcmjs-codecs. */
import codecs from "dcmjs-codecs";
import { type FrameHeader, hasEnd, isWholeRle, jpeg2000Header, jpegHeader, signAndDepthAt } from "./frame-header.ts";

type Decoder = "Rle" | "Jpeg" | "JpegLs" | "Jpeg2000" | "HtJpeg2000";

interface TransferSyntax {
  readonly name: string;
  /** How its pixels are packed: as they are, with bytes exchanged (dcmjs puts them right), or by a codec. */
  readonly decoder: Decoder | undefined;
  /** Whether its values may differ from those that were compressed, and so go beyond the bits that the film stores. */
  readonly isLossy: boolean;
}

const uncompressed = (name: string): TransferSyntax => ({ name, decoder: undefined, isLossy: false });
const lossless = (name: string, decoder: Decoder): TransferSyntax => ({ name, decoder, isLossy: false });
const lossy = (name: string, decoder: Decoder): TransferSyntax => ({ name, decoder, isLossy: true });

/** Every transfer syntax that is read. */
export const transferSyntaxes: ReadonlyMap<string, TransferSyntax> = new Map([
  ["1.2.840.10008.1.2", uncompressed("implicit little endian")],
  ["1.2.840.10008.1.2.1", uncompressed("explicit little endian")],
  ["1.2.840.10008.1.2.1.99", uncompressed("deflated explicit little endian")],
  ["1.2.840.10008.1.2.2", uncompressed("explicit big endian")],
  ["1.2.840.10008.1.2.5", lossless("RLE", "Rle")],
  ["1.2.840.10008.1.2.4.50", lossy("JPEG baseline", "Jpeg")],
  ["1.2.840.10008.1.2.4.51", lossy("JPEG extended", "Jpeg")],
  ["1.2.840.10008.1.2.4.57", lossless("JPEG lossless", "Jpeg")],
  ["1.2.840.10008.1.2.4.70", lossless("JPEG lossless, first-order prediction", "Jpeg")],
  ["1.2.840.10008.1.2.4.80", lossless("JPEG-LS lossless", "JpegLs")],
  ["1.2.840.10008.1.2.4.81", lossy("JPEG-LS near-lossless", "JpegLs")],
  ["1.2.840.10008.1.2.4.90", lossless("JPEG 2000 lossless", "Jpeg2000")],
  ["1.2.840.10008.1.2.4.91", lossy("JPEG 2000", "Jpeg2000")],
  ["1.2.840.10008.1.2.4.201", lossless("HTJ2K lossless", "HtJpeg2000")],
  ["1.2.840.10008.1.2.4.202", lossless("HTJ2K lossless, RPCL", "HtJpeg2000")],
  ["1.2.840.10008.1.2.4.203", lossy("HTJ2K", "HtJpeg2000")],
]);

/** What a codec has to know of the image. */
export interface FrameShape {
  readonly width: number;
  readonly height: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly isSigned: boolean;
}

/** How the values of a frame are compressed. */
type CompressedValues = Pick<FrameHeader, "bits" | "isSigned">;

/** The values of a frame. @throws Error for a frame that cannot be what the file says, saying what it is instead */
function checkedFrame(decoder: Decoder, frame: Uint8Array, shape: FrameShape): CompressedValues {
  const { width, height, bitsAllocated } = shape;
  if (decoder === "Rle") {
    if (isWholeRle(frame, bitsAllocated / 8, width * height)) return { bits: bitsAllocated, isSigned: false };
    throw new Error("runs that are too few for the frame");
  }
  const header = decoder === "Jpeg" || decoder === "JpegLs" ? jpegHeader(frame) : jpeg2000Header(frame);
  if (header === undefined) throw new Error("no frame header");
  if (header.width !== width || header.height !== height || header.components !== 1) {
    throw new Error(`a frame of ${header.width} × ${header.height} with ${header.components} components`);
  }
  if (header.bits > bitsAllocated) throw new Error(`values of ${header.bits} bits`);
  if (!hasEnd(frame)) throw new Error("a frame without end");
  return header;
}

// They print what they find odd in a frame.
codecs.log.setLevel("silent", false);

let ready: Promise<void> | undefined;

/** A codec that stops in the middle leaves its memory in disorder: the next frame gets a new instance. */
function runCodec(decoder: Decoder, context: codecs.Context): codecs.Context {
  try {
    return codecs.NativeCodecs[`decode${decoder}`](context);
  } catch (error) {
    codecs.NativeCodecs.release();
    ready = undefined;
    throw error;
  }
}

/** A codestream that calls its values unsigned: those of the signed one, raised by half their range. */
function raisedCodestream(codestream: Uint8Array): Uint8Array {
  const raised = codestream.slice();
  raised[signAndDepthAt]! &= 0x7f;
  return raised;
}

function subtract(half: number, { buffer, byteOffset, byteLength }: Uint8Array, cellBits: number): Uint8Array {
  const cells = new DataView(buffer, byteOffset, byteLength);
  if (cellBits === 8) for (let at = 0; at < byteLength; at++) cells.setInt8(at, cells.getUint8(at) - half);
  else for (let at = 0; at + 1 < byteLength; at += 2) cells.setInt16(at, cells.getUint16(at, true) - half, true);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A decoded frame. */
export interface DecodedFrame {
  /** width·height cells, little endian. */
  readonly bytes: Uint8Array;
  /** 8 or 16. */
  readonly cellBits: number;
  /** Whether its cells have the sign that the file speaks of, or are patterns of bits whose sign only the file knows. */
  readonly hasSign: boolean;
}

/**
 * Decodes one frame.
 * @throws Error of the codec, or when the frame has another size than the file says or was cut off
 */
export async function decodeFrame(decoder: Decoder, encoded: Uint8Array, shape: FrameShape): Promise<DecodedFrame> {
  const { bits, isSigned } = checkedFrame(decoder, encoded, shape);
  const cellBits = bits <= 8 ? 8 : 16;
  // OpenJPH cuts negative values off where they have eight bits.
  const isRaised = decoder === "HtJpeg2000" && isSigned;
  ready ??= codecs.NativeCodecs.initializeAsync();
  await ready;
  const context = new codecs.Context({
    width: shape.width,
    height: shape.height,
    bitsAllocated: cellBits,
    bitsStored: bits,
    samplesPerPixel: 1,
    pixelRepresentation: isSigned && !isRaised ? 1 : 0,
    photometricInterpretation: "MONOCHROME2",
    encodedBuffer: isRaised ? raisedCodestream(encoded) : encoded,
  });
  const bytes = runCodec(decoder, context).getDecodedBuffer();
  if (bytes === undefined) throw new Error("a codec without result");
  return {
    bytes: isRaised ? subtract(2 ** (bits - 1), bytes, cellBits) : bytes,
    cellBits,
    hasSign: isSigned === shape.isSigned,
  };
}
