/** What tells a DICOM file from others, apart from the reader, which is loaded only when it is needed. */

const magicAt = 128;

/** Bytes from the start of a file that `isDicom` needs. */
export const dicomBeginning = magicAt + 4;

/** Whether the bytes begin as a DICOM file does: 128 bytes of anything, then `DICM`. */
export function isDicom(bytes: Uint8Array): boolean {
  return bytes.length >= dicomBeginning && String.fromCharCode(...bytes.subarray(magicAt, dicomBeginning)) === "DICM";
}
