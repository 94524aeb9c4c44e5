/** PyTorch's names in pickles: tensors as windows over storages. */
import { ArrayView, type Elements } from "../array-view.ts";
import { numpyGlobals } from "../pickle/numpy-globals.ts";
import { pythonGlobals } from "../pickle/python-globals.ts";
import { AllowedGlobal, type AllowedGlobals, allow, type PickleValue, Stateful } from "../pickle/values.ts";

/** PyTorch's storage classes as safetensors calls their element types. */
const storageTypes: Readonly<Record<string, string>> = {
  FloatStorage: "F32",
  DoubleStorage: "F64",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

/** A storage as it stands in a pickle: a label until a tensor says what it wants of it. */
export class TorchStorage extends Stateful {
  readonly elements: Elements;

  constructor(elements: Elements) {
    super();
    this.elements = elements;
  }

  setState(): boolean {
    return false;
  }

  finished(): undefined {}
}

/** `_rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks)`. */
function rebuildTensor([storage, offset, shape, strides]: readonly PickleValue[]): ArrayView | undefined {
  if (!(storage instanceof TorchStorage) || typeof offset !== "number") return undefined;
  if (!isSizes(shape) || !isSizes(strides)) return undefined;
  const view = new ArrayView(storage.elements, shape, strides, offset);
  return view.isSound ? view : undefined;
}

function isSizes(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every((size) => typeof size === "number");
}

/** A module of a TorchScript archive: its attributes are all that is read of it. */
class ScriptModule extends Stateful {
  #attributes: PickleValue | undefined;

  setState(state: PickleValue): boolean {
    this.#attributes = state;
    return state instanceof Map;
  }

  finished(): PickleValue | undefined {
    return this.#attributes;
  }
}

/** TorchScript's classes are the archive's own, under any name; their code is in other files, which nobody opens. */
const scriptClass = /^__torch__(\.\S+)? \S+$/;

const storageNames = Object.keys(storageTypes).flatMap((name) => [`torch ${name}`, `torch.cuda ${name}`]);

/**
 * Everything that a file of weights may name.
 * @param loadStorage reads the nested file that a tensor in a plain pickle carries
 */
export function torchGlobals(loadStorage?: (file: Uint8Array) => TorchStorage | undefined): AllowedGlobals {
  const rebuildParameter = ([tensor]: readonly PickleValue[]) => (tensor instanceof ArrayView ? tensor : undefined);
  const size = ([sizes]: readonly PickleValue[]) => (isSizes(sizes) ? sizes : undefined);
  const known = new Map([
    ...pythonGlobals,
    ...numpyGlobals,
    ...allow({
      "torch._utils _rebuild_tensor": rebuildTensor,
      "torch._utils _rebuild_tensor_v2": rebuildTensor,
      "torch._utils _rebuild_parameter": rebuildParameter,
      "torch Size": size,
      ...Object.fromEntries(storageNames.map((name) => [name, undefined])),
    }),
    ...(loadStorage === undefined
      ? []
      : allow({
          "torch.storage _load_from_bytes": ([file]) => (file instanceof Uint8Array ? loadStorage(file) : undefined),
        })),
  ]);
  return {
    get: (name) =>
      scriptClass.test(name)
        ? new AllowedGlobal(name, (args) => (args.length === 0 ? new ScriptModule() : undefined))
        : known.get(name),
  };
}

/**
 * The storage that a persistent id means: ("storage", class, key, device, number of elements), in the legacy format
 * with None as a sixth part. Storages that are windows over others, which only PyTorch before 1.0 wrote, are not read.
 */
export function storageOf(id: PickleValue): TorchStorage | undefined {
  if (!Array.isArray(id)) return undefined;
  const [tag, label, key, , count, view = null] = id;
  if (tag !== "storage" || !(label instanceof AllowedGlobal) || view !== null) return undefined;
  const type = storageTypes[label.name.split(" ")[1] ?? ""];
  if (type === undefined || typeof key !== "string" || typeof count !== "number" || count < 0) return undefined;
  return new TorchStorage({ type, key, count });
}
