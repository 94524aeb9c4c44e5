/** Python's own notion of white space, which JavaScript's `\s` is not (METRICS §0.3). */

/** What `str.split()` and `str.strip()` take for white space; U+FEFF is not, U+001C to U+001F and U+0085 are. */
const space = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const spaces = new RegExp(`[${space}]+`, "u");
const atStart = new RegExp(`^[${space}]+`, "u");
const atEnd = new RegExp(`[${space}]+$`, "u");

/** Python's `text.strip()`. */
export function pythonStrip(text: string): string {
  return text.replace(atStart, "").replace(atEnd, "");
}

/** Python's `text.split()`: the words between runs of white space; no empty ones. */
export function pythonSplit(text: string): string[] {
  return text.split(spaces).filter((word) => word !== "");
}
