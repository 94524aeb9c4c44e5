/** The nearest whole number; a tie goes to the even one, as in Python's `round` and IEEE 754. */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const excess = value - below;
  if (excess < 0.5) return below;
  if (excess > 0.5) return below + 1;
  return below % 2 === 0 ? below : below + 1;
}
