/** What a pickle may hold once it is read. Tuples come out as lists, ordered dicts as maps. */
import type { ArrayView } from "../array-view.ts";

/** Keys of a dict. */
export type PickleKey = null | boolean | number | bigint | string;

export type PickleValue =
  | PickleKey
  | Uint8Array
  | ArrayView
  | Stateful
  | AllowedGlobal
  | PickleValue[]
  | Map<PickleKey, PickleValue>;

/** A thing that is made first and told its content afterwards, as numpy's arrays are. */
export abstract class Stateful {
  /** @returns whether the state is one that this thing can have */
  abstract setState(state: PickleValue): boolean;
  /** What it is when the pickle is done. */
  abstract finished(): PickleValue | undefined;
}

/**
 * A Python name that a pickle may mention. `call` is ours and makes data; a name without it only labels a type.
 * It returns undefined for arguments that it does not understand.
 */
export class AllowedGlobal {
  readonly name: string;
  readonly call: ((args: readonly PickleValue[]) => PickleValue | undefined) | undefined;

  constructor(name: string, call?: (args: readonly PickleValue[]) => PickleValue | undefined) {
    this.name = name;
    this.call = call;
  }
}

/** The table of allowed names, "module name" each. */
export interface AllowedGlobals {
  get(name: string): AllowedGlobal | undefined;
}

export function allow(
  entries: Readonly<Record<string, ((args: readonly PickleValue[]) => PickleValue | undefined) | undefined>>,
): ReadonlyMap<string, AllowedGlobal> {
  return new Map(Object.entries(entries).map(([name, call]) => [name, new AllowedGlobal(name, call)]));
}

/** The value under a text key of a dict. */
export function valueAt(value: PickleValue | undefined, key: string): PickleValue | undefined {
  return value instanceof Map ? value.get(key) : undefined;
}
