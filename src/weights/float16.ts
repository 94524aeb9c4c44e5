/** float32 to IEEE 754 half precision, rounded to nearest, ties to even. */

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
