/** IEEE 754 half precision: float32 rounded to it, to nearest, ties to even, and back. */

/** The nearest half of one float32, given and returned as bits; beyond ±65504 it is infinite. */
function float16Bits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  const power = exponent - 127;
  if (power > 15) return sign | 0x7c00;
  if (power < -25) return sign;
  // What is shifted out is compared with half of the last place that stays; a carry runs into the exponent, as it should.
  const isNormal = power >= -14;
  const shift = isNormal ? 13 : -1 - power;
  const whole = isNormal ? ((power + 15) << 23) | fraction : fraction | 0x800000;
  const kept = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  const roundsUp = rest > middle || (rest === middle && (kept & 1) === 1);
  return sign | (kept + (roundsUp ? 1 : 0));
}

/** The bits of the nearest halves. */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = float16Bits(bits[i]!);
  return halves;
}

/** IEEE 754: every half has an exact float32. */
function widened(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

let table: Float32Array | undefined;

/** The numbers of halves given as bits, exactly. A table of all halves is as fast as `Float16Array` where there is one. */
export function toFloat32(halves: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => widened(bits));
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i]!]!;
  return values;
}
