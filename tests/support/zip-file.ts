/** Zip archives made for tests, honest ones and others. */
import { crc32, deflateRawSync } from "node:zlib";

export interface MadeMember {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isDeflated?: boolean;
  /** What the directory says in place of the true size. */
  readonly claimedSize?: number;
  /** What the directory says in place of the true way of compression. */
  readonly claimedMethod?: number;
}

function header(length: number, magic: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(magic, 0);
  return bytes;
}

function commonFields(bytes: Buffer, at: number, member: MadeMember, packed: Uint8Array): void {
  bytes.writeUInt16LE(45, at);
  bytes.writeUInt16LE(0x0800, at + 2);
  bytes.writeUInt16LE(member.claimedMethod ?? (member.isDeflated ? 8 : 0), at + 4);
  bytes.writeUInt32LE(crc32(member.bytes), at + 10);
  bytes.writeUInt32LE(packed.length, at + 14);
  bytes.writeUInt32LE(member.claimedSize ?? member.bytes.length, at + 18);
  bytes.writeUInt16LE(Buffer.byteLength(member.name), at + 22);
}

/**
 * A zip archive.
 * @param isZip64 whether offsets and counts stand in the ZIP64 records, as in archives beyond 4 GB
 */
export function zipFile(members: readonly MadeMember[], isZip64 = false): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const packed = member.isDeflated ? deflateRawSync(member.bytes) : member.bytes;
    const name = Buffer.from(member.name);
    const local = header(30, 0x04034b50);
    commonFields(local, 4, member, packed);
    locals.push(Buffer.concat([local, name, packed]));
    const extra = Buffer.alloc(isZip64 ? 12 : 0);
    const entry = header(46, 0x02014b50);
    commonFields(entry, 6, member, packed);
    if (isZip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(8, 2);
      extra.writeBigUInt64LE(BigInt(offset), 4);
    }
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(isZip64 ? 0xffffffff : offset, 42);
    central.push(Buffer.concat([entry, name, extra]));
    offset += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = header(22, 0x06054b50);
  end.writeUInt16LE(isZip64 ? 0xffff : members.length, 8);
  end.writeUInt16LE(isZip64 ? 0xffff : members.length, 10);
  end.writeUInt32LE(isZip64 ? 0xffffffff : directory.length, 12);
  end.writeUInt32LE(isZip64 ? 0xffffffff : offset, 16);
  if (!isZip64) return Buffer.concat([...locals, directory, end]);
  const end64 = header(56, 0x06064b50);
  end64.writeBigUInt64LE(44n, 4);
  for (const at of [24, 32]) end64.writeBigUInt64LE(BigInt(members.length), at);
  end64.writeBigUInt64LE(BigInt(directory.length), 40);
  end64.writeBigUInt64LE(BigInt(offset), 48);
  const locator = header(20, 0x07064b50);
  locator.writeBigUInt64LE(BigInt(offset + directory.length), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([...locals, directory, end64, locator, end]);
}
