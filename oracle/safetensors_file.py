"""Golden files of the weights format (safetensors).

What: a file written by the safetensors library with every element type that the product writes, its values, and what
all 65,536 values of float16 and bfloat16 are in float32.
Versions: see requirements.txt and the header of the manifest. Seed: none.
Regenerate: when an element type is added; the bytes must not change with a newer library.
"""

import hashlib

import numpy
import safetensors.numpy
import torch

from golden_files import GOLDEN, write_golden

ARRAYS = {
    "b.matrix": numpy.array([[0.1, -2.5, 3e38], [1e-45, -0.0, 7]], dtype=numpy.float32),
    "a.scalar": numpy.array(1.5, dtype=numpy.float32),
    "empty": numpy.zeros((0, 4), dtype=numpy.float32),
    "ids": numpy.array([0, -1, 2**53 + 1, -(2**63)], dtype=numpy.int64),
    "flags": numpy.array([[True, False, True]]),
    "é/名": numpy.array([4.25], dtype=numpy.float32),
}
METADATA = {"format": "pt"}


def widened_hash(dtype):
    """SHA-256 of all 16-bit patterns of a type as float32, little-endian, every NaN as 0x7fc00000."""
    patterns = torch.arange(65536, dtype=torch.int32).to(torch.int16).view(dtype)
    values = patterns.to(torch.float32).numpy().copy()
    values[numpy.isnan(values)] = numpy.float32("nan")
    return hashlib.sha256(values.astype("<f4").tobytes()).hexdigest()


def main():
    data = safetensors.numpy.save(ARRAYS, metadata=METADATA)
    path = GOLDEN / "safetensors" / "reference.safetensors"
    arrays = [
        {"name": name, "dtype": str(array.dtype), "shape": list(array.shape), "values": [str(v) for v in array.ravel()]}
        for name, array in ARRAYS.items()
    ]
    write_golden(
        "safetensors",
        "safetensors_file.py",
        "reference.safetensors as the safetensors library writes it, its content, and hashes of widened 16-bit types",
        "when an element type is added",
        {
            "metadata": METADATA,
            "arrays": arrays,
            "widened": {"F16": widened_hash(torch.float16), "BF16": widened_hash(torch.bfloat16)},
        },
        {},
        seed="none",
    )
    path.write_bytes(data)
    print(f"tests/golden/safetensors/{path.name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
