import fc from "fast-check";
import { expect, it } from "vitest";
import { duplicateKey } from "./duplicate-key.ts";

fc.configureGlobal({ seed: 17 });

it("finds a key that an object has twice, at any depth and however it is written", () => {
  expect(duplicateKey('{"a":1,"b":{"c":[{"d":1,"e":2,"d":3}]}}')).toBe("d");
  expect(duplicateKey('{"a" :1, "\\u0061":2}')).toBe("a");
  expect(duplicateKey('{"\\"":1,"\\"":2}')).toBe('"');
});

it("leaves the same key in different objects, and texts that look like keys, alone", () => {
  expect(duplicateKey('[{"a":{"a":"a"}},{"a":["a","a"]},"{\\"a\\":1,\\"a\\":2}"]')).toBeUndefined();
});

it("finds none in what JSON.stringify made", () => {
  fc.assert(fc.property(fc.json(), (json) => duplicateKey(json) === undefined));
});
