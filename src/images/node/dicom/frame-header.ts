/**
 * What the header of a compressed frame promises, read before a codec sees it: a header that contradicts the DICOM
 * elements would have codecs reserve gigabytes, and some never come back.
 */

/** Size and number of components of a frame. */
export interface FrameHeader {
  readonly width: number;
  readonly height: number;
  readonly components: number;
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
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), components: frame[at + 9]! };
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
  return { width: right - left, height: bottom - top, components: view.getUint16(40) };
}

/** RLE has no such header; its runs turn two bytes into at most 128. */
export function rleMayHold(frame: Uint8Array, decodedBytes: number): boolean {
  return frame.length * 64 >= decodedBytes;
}
