import { expect, it } from "vitest";
import { landingFor } from "./dtypes.ts";
import { toFloat16 } from "./float16.ts";

/** All halves as float32, by their bits. */
function widenAll(): Float32Array {
  const landing = landingFor("F16", [65536], "all halves");
  new Uint16Array(landing.bytes.buffer).set(Uint16Array.from({ length: 65536 }, (_, bits) => bits));
  return landing.array().data as Float32Array;
}

it("gives back every half, and rounds what lies between two to the nearer, ties to even", () => {
  const values = widenAll();
  const isNumber = (bits: number) => (bits & 0x7c00) !== 0x7c00;
  const back = toFloat16(values);
  for (let bits = 0; bits < 65536; bits++) if (isNumber(bits)) expect(back[bits]).toBe(bits);
  const lower = Array.from({ length: 0x7bff }, (_, bits) => bits); // each with its upper neighbour, both signs
  for (const sign of [0, 0x8000]) {
    const between = (share: number) =>
      Float32Array.from(lower, (bits) => {
        const [a, b] = [values[sign | bits]!, values[sign | (bits + 1)]!];
        return a + (b - a) * share;
      });
    const halves = (share: number) => [...toFloat16(between(share))];
    expect(halves(0.5)).toEqual(lower.map((bits) => sign | (bits + (bits & 1))));
    expect(halves(0.498)).toEqual(lower.map((bits) => sign | bits));
    expect(halves(0.502)).toEqual(lower.map((bits) => sign | (bits + 1)));
  }
});

it("keeps what is no number, and has no number beyond its range", () => {
  const values = Float32Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 65519, 65520, -1e30, 1e-30, -0);
  expect([...toFloat16(values)]).toEqual([0x7c00, 0xfc00, 0x7bff, 0x7c00, 0xfc00, 0, 0x8000]);
  expect(toFloat16(Float32Array.of(Number.NaN))[0]! & 0x7fff).toBeGreaterThan(0x7c00);
});
