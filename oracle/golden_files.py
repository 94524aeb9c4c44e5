"""Writing golden files: a manifest that says where they come from, and arrays in one safetensors file.

What: `write_golden` is the only way the model, training and generation oracles write to `tests/golden/`.
Versions: see requirements.txt. Seed: none here.
Regenerate: never on its own; it is imported by the other scripts.
"""

import json
import platform
from pathlib import Path

import numpy
import safetensors
import safetensors.torch
import torch
import transformers

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"

# One thread, so that sums run in the same order wherever the files are made again.
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


PORTABLE = "none: every array comes from its name (oracle/portable.py)"


def write_golden(topic, script, what, regenerate, content, arrays, seed=PORTABLE):
    """Writes tests/golden/<topic>/manifest.json and arrays.safetensors.

    content: JSON-ready dict; a list in it is written one item a line.
    arrays: name -> float32 tensor; an empty dict writes no safetensors file.
    """
    folder = GOLDEN / topic
    folder.mkdir(parents=True, exist_ok=True)
    header = {
        "what": what,
        "script": f"oracle/{script}",
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "numpy": numpy.__version__,
            "safetensors": safetensors.__version__,
        },
        "seed": seed,
        "regenerate": regenerate,
    }
    files = {"manifest.json": _pretty({"header": header, **content}).encode("utf-8")}
    if arrays:
        plain = {name: array.detach().to(torch.float32).contiguous().clone() for name, array in arrays.items()}
        files["arrays.safetensors"] = safetensors.torch.save(plain)
    for name, data in files.items():
        (folder / name).write_bytes(data)
        print(f"tests/golden/{topic}/{name}: {len(data)} bytes")


def _pretty(value, indent=0):
    """JSON with one line per key of the outer objects and per item of lists of objects; the rest stays compact."""
    inner = " " * (indent + 1)
    if isinstance(value, dict) and indent < 3 and value:
        rows = [f"{inner}{json.dumps(key)}: {_pretty(item, indent + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    if isinstance(value, list) and indent < 3 and any(isinstance(item, (dict, list)) for item in value):
        rows = [inner + json.dumps(item, allow_nan=False) for item in value]
        return "[\n" + ",\n".join(rows) + "\n" + " " * indent + "]"
    return json.dumps(value, allow_nan=False) + ("\n" if indent == 0 else "")


def relative_l2(actual, expected):
    """||actual - expected|| / ||expected|| in float64, 0 for two zero arrays."""
    difference = torch.linalg.vector_norm(actual.double() - expected.double()).item()
    if difference == 0:
        return 0.0
    return difference / torch.linalg.vector_norm(expected.double()).item()


def float32_noise(single, double):
    """The array of the float32 run that is farthest from the float64 run: no tolerance should go below this."""
    distances = {name: relative_l2(array, double[name]) for name, array in single.items()}
    worst = max(distances, key=distances.get)
    return {"relativeL2": float(f"{distances[worst]:.3g}"), "worst": worst}
