/** The tensors of a loaded object by name: a state dict, or whatever dicts and lists it is wrapped in. */
import { ArrayView } from "../array-view.ts";
import type { PickleValue } from "../pickle/values.ts";

const deepest = 16;

/**
 * Every array within dicts and lists, named by its keys with dots between them: those of a plain state dict have their
 * own names, `{"model_state_dict": {…}}` puts that name in front. What is nested deeper than any checkpoint is left out.
 */
export function namedTensors(value: PickleValue): Map<string, ArrayView> {
  const found = new Map<string, ArrayView>();
  const visit = (value: PickleValue, path: readonly string[]): void => {
    if (value instanceof ArrayView) found.set(path.join("."), value);
    else if (path.length >= deepest) return;
    else if (value instanceof Map) for (const [key, item] of value) visit(item, [...path, String(key)]);
    else if (Array.isArray(value)) for (const [i, item] of value.entries()) visit(item, [...path, String(i)]);
  };
  visit(value, []);
  return found;
}
