/** The one way tests compare numbers. */
import { type HostArray, sameShape } from "../../src/base/arrays.ts";
import { recordDeviation } from "./deviations.ts";
import { type AbsoluteTolerance, absoluteTolerances, type Tolerance, tolerances } from "./tolerances.ts";

type Numbers = ArrayLike<number | bigint>;

function toFloat64(values: Numbers): Float64Array {
  return Float64Array.from(values as ArrayLike<number>, Number);
}

/** Relative L2 distance; 0 for two zero vectors, Infinity when only the expected one is zero. */
export function relativeL2(actual: Numbers, expected: Numbers): number {
  const a = toFloat64(actual);
  const e = toFloat64(expected);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < e.length; i++) {
    difference += (a[i]! - e[i]!) ** 2;
    norm += e[i]! ** 2;
  }
  if (difference === 0) return 0;
  return Math.sqrt(difference) / Math.sqrt(norm);
}

/**
 * Asserts equal length, finite values in the same places (NaN and infinities must match exactly), and a relative L2
 * distance within the named tolerance. There is no default tolerance.
 */
export function expectClose(actual: Numbers, expected: Numbers, tolerance: Tolerance, what = "values"): void {
  if (actual.length !== expected.length) {
    throw new Error(`${what}: ${actual.length} values where ${expected.length} are expected`);
  }
  const a = toFloat64(actual);
  const e = toFloat64(expected);
  for (let i = 0; i < e.length; i++) {
    if ((Number.isFinite(a[i]!) && Number.isFinite(e[i]!)) || Object.is(a[i], e[i])) continue;
    throw new Error(`${what}: element ${i} is ${a[i]} where ${e[i]} is expected`);
  }
  const finite = (values: Float64Array) => values.map((value) => (Number.isFinite(value) ? value : 0));
  const distance = relativeL2(finite(a), finite(e));
  if (!(distance <= tolerances[tolerance])) {
    throw new Error(`${what}: relative L2 distance ${distance} exceeds ${tolerance} (${tolerances[tolerance]})`);
  }
  recordDeviation(tolerance, distance);
}

/** Asserts equal length, finite values, and that no two numbers differ by more than the named tolerance. */
export function expectWithin(actual: Numbers, expected: Numbers, tolerance: AbsoluteTolerance, what = "values"): void {
  if (actual.length !== expected.length) {
    throw new Error(`${what}: ${actual.length} values where ${expected.length} are expected`);
  }
  const a = toFloat64(actual);
  const e = toFloat64(expected);
  const largest = a.reduce((most, value, i) => Math.max(most, Math.abs(value - e[i]!)), 0);
  if (!(largest <= absoluteTolerances[tolerance])) {
    throw new Error(`${what}: difference ${largest} exceeds ${tolerance} (${absoluteTolerances[tolerance]})`);
  }
  recordDeviation(tolerance, largest);
}

/** As `expectClose`, and dtype and shape must agree. */
export function expectArrayClose(actual: HostArray, expected: HostArray, tolerance: Tolerance, what = "array"): void {
  if (actual.dtype !== expected.dtype) throw new Error(`${what}: dtype ${actual.dtype}, expected ${expected.dtype}`);
  if (!sameShape(actual.shape, expected.shape)) {
    throw new Error(`${what}: shape [${actual.shape}], expected [${expected.shape}]`);
  }
  expectClose(actual.data, expected.data, tolerance, what);
}

/** Asserts the same keys on both sides and close arrays under each. */
export function expectAllClose(
  actual: ReadonlyMap<string, HostArray>,
  expected: ReadonlyMap<string, HostArray>,
  tolerance: Tolerance,
): void {
  const extra = [...actual.keys()].filter((name) => !expected.has(name));
  const missing = [...expected.keys()].filter((name) => !actual.has(name));
  if (extra.length + missing.length > 0) throw new Error(`missing keys [${missing}], unexpected keys [${extra}]`);
  for (const [name, array] of expected) expectArrayClose(actual.get(name)!, array, tolerance, name);
}
