/** Python's own notion of white space, which JavaScript's `\s` is not (METRICS §0.3). */

/** Beyond ASCII: what `str.split()` and `str.strip()` take for white space. U+FEFF is none. */
const beyondAscii = new Set([0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000]);
for (let code = 0x2000; code <= 0x200a; code++) beyondAscii.add(code);

function isSpace(code: number): boolean {
  if (code <= 0x20) return code >= 0x1c || (code >= 0x09 && code <= 0x0d);
  return code >= 0x85 && beyondAscii.has(code);
}

// Walks over code units instead of regular expressions: every text of a set comes by here several times, and an
// expression that ends in `$` tries each space of a long run in turn.

/** Python's `text.strip()`. */
export function pythonStrip(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Python's `text.split()`: the words between runs of white space; no empty ones. */
export function pythonSplit(text: string): string[] {
  const words: string[] = [];
  let start = -1; // of the word that is being read
  for (let at = 0; at < text.length; at++) {
    if (isSpace(text.charCodeAt(at))) {
      if (start >= 0) words.push(text.slice(start, at));
      start = -1;
    } else if (start < 0) start = at;
  }
  if (start >= 0) words.push(text.slice(start));
  return words;
}
