/**
 * The first key that an object in a JSON text has twice, which `JSON.parse` would pass over in silence.
 * @param json a text that `JSON.parse` accepts
 */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // the keys of each enclosing object; undefined for an array
  for (const [token, string, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/gs)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (string !== undefined && colon !== undefined) {
      const key = JSON.parse(string) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
