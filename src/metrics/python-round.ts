/** Python's `round(value, decimals)`: to the nearest, and a value exactly between two goes to the even one. */
export function pythonRound(value: number, decimals: number): number {
  if (!Number.isFinite(value)) return value;
  // Exactly between two means an odd number of halves of the last decimal, which in binary is an odd multiple of 2^-(decimals + 1).
  const halves = Math.abs(value) * 2 ** (decimals + 1);
  if (!Number.isInteger(halves) || halves % 2 === 0) return Number(value.toFixed(decimals));
  const steps = Math.abs(value) * 10 ** decimals; // exact: it ends in .5
  const even = 2 * Math.round(steps / 2);
  return (Math.sign(value) * even) / 10 ** decimals;
}
