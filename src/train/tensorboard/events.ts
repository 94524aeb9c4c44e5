/**
 * TensorBoard's event files: records of one `Event` message each (field numbers of event.proto and summary.proto).
 * A record is the message's length, a checksum of that, the message, and a checksum of it.
 */
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { maskedCrc32c } from "./crc32c.ts";

const fixed64 = 1;
const fixed32 = 5;
const varint = 0;
const lengthDelimited = 2;

function record(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + message.length + 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(message.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(message, 12);
  view.setUint32(12 + message.length, maskedCrc32c(message), true);
  return bytes;
}

/** What every event file begins with. @param wallTime seconds since 1970 */
export function fileHeader(wallTime: number): Uint8Array {
  const event = new BinaryWriter().tag(1, fixed64).double(wallTime);
  return record(event.tag(3, lengthDelimited).string("brain.Event:2").finish());
}

/**
 * Scalars of one step.
 * @param wallTime seconds since 1970
 * @param values by tag, such as `train/loss`
 */
export function scalars(wallTime: number, step: number, values: Readonly<Record<string, number>>): Uint8Array {
  const summary = new BinaryWriter();
  for (const [tag, value] of Object.entries(values)) {
    const entry = new BinaryWriter().tag(1, lengthDelimited).string(tag).tag(2, fixed32).float(value);
    summary.tag(1, lengthDelimited).bytes(entry.finish());
  }
  const event = new BinaryWriter().tag(1, fixed64).double(wallTime).tag(2, varint).int64(step);
  return record(event.tag(5, lengthDelimited).bytes(summary.finish()).finish());
}
