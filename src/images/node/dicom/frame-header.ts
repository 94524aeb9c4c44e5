/**
 * What the header of a compressed frame promises, read before a codec sees it: a header that contradicts the DICOM
 * elements would have codecs reserve gigabytes, and some never come back.
 */

/** Size, number of components and kind of values of a frame. */
export interface FrameHeader {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Bits of a value as it is compressed: not always those that the file calls stored. */
  readonly bits: number;
  readonly isSigned: boolean;
}

/** JPEG and JPEG-LS: the first start-of-frame segment. */
export function jpegHeader(frame: Uint8Array): FrameHeader | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let at = 2;
  while (at + 9 < frame.length) {
    if (frame[at] !== 0xff) return undefined;
    const marker = frame[at + 1]!;
    const isFill = marker === 0xff;
    const isFrame = (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;
    if (isFrame) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return { width, height, components: frame[at + 9]!, bits: frame[at + 4]!, isSigned: false };
    }
    at += isFill ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** JPEG 2000 and HTJ2K: the SIZ segment of a bare codestream. Undefined also where its tiles make no sense. */
export function jpeg2000Header(frame: Uint8Array): FrameHeader | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 45 || view.getUint32(0) !== 0xff4fff51) return undefined;
  const [right, bottom, left, top, tileWidth, tileHeight, tileLeft, tileTop] = Array.from({ length: 8 }, (_, i) =>
    view.getUint32(8 + 4 * i),
  ) as [number, number, number, number, number, number, number, number];
  const hasTiles = tileLeft <= left && tileTop <= top && tileLeft + tileWidth > left && tileTop + tileHeight > top;
  const isSampledFully = frame[43] === 1 && frame[44] === 1;
  if (right <= left || bottom <= top || !hasTiles || !isSampledFully) return undefined;
  const tiles = Math.ceil((right - tileLeft) / tileWidth) * Math.ceil((bottom - tileTop) / tileHeight);
  if (tiles > 65535) return undefined;
  const depth = frame[signAndDepthAt]!;
  const kind = { components: view.getUint16(40), bits: (depth & 0x7f) + 1, isSigned: depth >= 0x80 };
  return { width: right - left, height: bottom - top, ...kind };
}

/** Where the SIZ segment of a codestream has the sign (highest bit) and the depth of the first component. */
export const signAndDepthAt = 42;

/**
 * Whether a JPEG, JPEG-LS or JPEG 2000 frame ends with the marker that all of them end with; zeros may follow. The codecs
 * themselves make up what a frame lacks that was cut off.
 */
export function hasEnd(frame: Uint8Array): boolean {
  let end = frame.length;
  while (end > 0 && frame[end - 1] === 0) end--;
  return end >= 2 && frame[end - 2] === 0xff && frame[end - 1] === 0xd9;
}

/** Bytes that the runs of an RLE segment (PS3.5 G.3) make. */
function unpackedLength(segment: Uint8Array): number {
  let length = 0;
  for (let at = 0; at + 1 < segment.length; ) {
    const count = segment[at]!;
    const isCopy = count < 128;
    if (count !== 128) length += isCopy ? Math.min(count + 1, segment.length - at - 1) : 257 - count;
    at += count === 128 ? 1 : isCopy ? count + 2 : 2;
  }
  return length;
}

/** RLE has no such header, but a table of segments, one for each byte of a value: whether each makes a whole film. */
export function isWholeRle(frame: Uint8Array, segmentCount: number, pixels: number): boolean {
  const tableLength = 64;
  if (frame.length < tableLength) return false;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== segmentCount) return false;
  const starts = Array.from({ length: segmentCount }, (_, i) => view.getUint32(4 + 4 * i, true));
  return starts.every((start, i) => {
    const segment = frame.subarray(start, starts[i + 1] ?? frame.length);
    return start >= tableLength && unpackedLength(segment) >= pixels;
  });
}
