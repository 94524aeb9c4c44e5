/** Pixels of compressed transfer syntaxes, through the WebAssembly codecs of dcmjs-codecs. */
import codecs from "dcmjs-codecs";
import { jpeg2000Header, jpegHeader, rleMayHold } from "./frame-header.ts";

type Decoder = "Rle" | "Jpeg" | "JpegLs" | "Jpeg2000" | "HtJpeg2000";

interface TransferSyntax {
  readonly name: string;
  /** How its pixels are packed: as they are, with bytes exchanged (dcmjs puts them right), or by a codec. */
  readonly decoder: Decoder | undefined;
}

const uncompressed = (name: string): TransferSyntax => ({ name, decoder: undefined });
const compressed = (name: string, decoder: Decoder): TransferSyntax => ({ name, decoder });

/** Every transfer syntax that is read. */
export const transferSyntaxes: ReadonlyMap<string, TransferSyntax> = new Map([
  ["1.2.840.10008.1.2", uncompressed("implicit little endian")],
  ["1.2.840.10008.1.2.1", uncompressed("explicit little endian")],
  ["1.2.840.10008.1.2.1.99", uncompressed("deflated explicit little endian")],
  ["1.2.840.10008.1.2.2", uncompressed("explicit big endian")],
  ["1.2.840.10008.1.2.5", compressed("RLE", "Rle")],
  ["1.2.840.10008.1.2.4.50", compressed("JPEG baseline", "Jpeg")],
  ["1.2.840.10008.1.2.4.51", compressed("JPEG extended", "Jpeg")],
  ["1.2.840.10008.1.2.4.57", compressed("JPEG lossless", "Jpeg")],
  ["1.2.840.10008.1.2.4.70", compressed("JPEG lossless, first-order prediction", "Jpeg")],
  ["1.2.840.10008.1.2.4.80", compressed("JPEG-LS lossless", "JpegLs")],
  ["1.2.840.10008.1.2.4.81", compressed("JPEG-LS near-lossless", "JpegLs")],
  ["1.2.840.10008.1.2.4.90", compressed("JPEG 2000 lossless", "Jpeg2000")],
  ["1.2.840.10008.1.2.4.91", compressed("JPEG 2000", "Jpeg2000")],
  ["1.2.840.10008.1.2.4.201", compressed("HTJ2K lossless", "HtJpeg2000")],
  ["1.2.840.10008.1.2.4.202", compressed("HTJ2K lossless, RPCL", "HtJpeg2000")],
  ["1.2.840.10008.1.2.4.203", compressed("HTJ2K", "HtJpeg2000")],
]);

/** Refuses a frame that cannot be what the file says. @throws Error saying what it is instead */
function checkFrame(decoder: Decoder, frame: Uint8Array, { width, height, bitsAllocated }: FrameShape): void {
  if (decoder === "Rle") {
    if (rleMayHold(frame, (width * height * bitsAllocated) / 8)) return;
    throw new Error("runs that are too few for the frame");
  }
  const header = decoder === "Jpeg" || decoder === "JpegLs" ? jpegHeader(frame) : jpeg2000Header(frame);
  if (header === undefined) throw new Error("no frame header");
  if (header.width === width && header.height === height && header.components === 1) return;
  throw new Error(`a frame of ${header.width} × ${header.height} with ${header.components} components`);
}

/** What a codec has to know of the image. */
export interface FrameShape {
  readonly width: number;
  readonly height: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly isSigned: boolean;
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

/**
 * Decodes one frame.
 * @returns width·height values of `bitsAllocated` bits, little endian
 * @throws Error of the codec, or when the frame has another size than the file says
 */
export async function decodeFrame(decoder: Decoder, encoded: Uint8Array, shape: FrameShape): Promise<Uint8Array> {
  checkFrame(decoder, encoded, shape);
  ready ??= codecs.NativeCodecs.initializeAsync();
  await ready;
  const context = new codecs.Context({
    width: shape.width,
    height: shape.height,
    bitsAllocated: shape.bitsAllocated,
    bitsStored: shape.bitsStored,
    samplesPerPixel: 1,
    pixelRepresentation: shape.isSigned ? 1 : 0,
    photometricInterpretation: "MONOCHROME2",
    encodedBuffer: encoded,
  });
  const decoded = runCodec(decoder, context);
  const bytes = decoded.getDecodedBuffer();
  if (bytes === undefined) throw new Error("a codec without result");
  return bytes;
}
