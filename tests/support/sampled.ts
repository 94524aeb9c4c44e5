/** The few elements of a large array that golden files of full-size models hold (oracle/sampling.py). */
const most = 256;

/** Elements 0, k, 2k, …, with the smallest k that gives at most 256. */
export function sampled(data: ArrayLike<number>): Float32Array {
  const step = Math.max(1, Math.ceil(data.length / most));
  return Float32Array.from({ length: Math.ceil(data.length / step) }, (_, i) => data[i * step]!);
}
