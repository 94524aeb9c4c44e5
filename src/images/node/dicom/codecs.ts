/** Pixels of compressed transfer syntaxes, through the WebAssembly codecs of dcmjs-codecs. */
import codecs from "dcmjs-codecs";

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

/** What a codec has to know of the image. */
export interface FrameShape {
  readonly width: number;
  readonly height: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly isSigned: boolean;
}

let ready: Promise<void> | undefined;

/**
 * Decodes one frame.
 * @returns width·height values of `bitsAllocated` bits, little endian
 * @throws Error of the codec, or when the frame has another size than the file says
 */
export async function decodeFrame(decoder: Decoder, encoded: Uint8Array, shape: FrameShape): Promise<Uint8Array> {
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
  const decoded = codecs.NativeCodecs[`decode${decoder}`](context);
  const bytes = decoded.getDecodedBuffer();
  const [width, height] = [decoded.getWidth(), decoded.getHeight()];
  if (bytes === undefined || width !== shape.width || height !== shape.height) {
    throw new Error(`a frame of ${width} × ${height}`);
  }
  return bytes;
}
