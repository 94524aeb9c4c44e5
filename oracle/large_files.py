"""Golden files of weights files beyond 2 GB and 4 GB: the bytes of three real ones that are not zero.

What: torch.save (zip and legacy) and safetensors write two arrays of 2.2 GB of zeros with a small array behind each. The
golden has the file's size and every run of bytes that are not zero, so a test can make the very file without its zeros.
Versions: see requirements.txt and the header of the manifest. Seed: none.
Regenerate: when a format is added. Takes a minute, 10 GB of memory and 5 GB of disk.
"""

import tempfile
from pathlib import Path

import numpy
import safetensors.torch
import torch

from golden_files import write_golden

LARGE = 550_000_000
# Runs that are closer than this are stored as one.
NEAR = 64
BLOCK = 2**24


def tensors():
    # The names also give safetensors' order.
    return {
        "a.large": torch.zeros(LARGE),
        "b.behind_2_gb": torch.tensor([1.5, -2.0, 3.25]),
        "c.large": torch.zeros(LARGE),
        "d.behind_4_gb": torch.tensor([[0.5], [7.0]]),
    }


def segments(path):
    """[[offset, bytes in hexadecimal], …] of all that is not zero."""
    data = numpy.memmap(path, dtype=numpy.uint8, mode="r")
    starts = range(0, len(data), BLOCK)
    places = numpy.concatenate([start + numpy.flatnonzero(data[start : start + BLOCK]) for start in starts])
    runs = numpy.split(places, numpy.flatnonzero(numpy.diff(places) > NEAR) + 1)
    return [[int(run[0]), data[run[0] : run[-1] + 1].tobytes().hex()] for run in runs]


def main():
    writers = {
        "zip.pt": lambda path: torch.save(tensors(), path),
        "legacy.pt": lambda path: torch.save(tensors(), path, _use_new_zipfile_serialization=False),
        "model.safetensors": lambda path: safetensors.torch.save_file(tensors(), path),
    }
    files = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, save in writers.items():
            path = Path(scratch) / name
            save(path)
            files.append({"name": name, "size": path.stat().st_size, "segments": segments(path)})
            path.unlink()
    small = {name: tensor.tolist() for name, tensor in tensors().items() if tensor.numel() < LARGE}
    write_golden(
        "large-files",
        "large_files.py",
        "real files of 4.4 GB: size and all runs of bytes that are not zero; values of the two small arrays",
        "when a format is added",
        {"large": LARGE, "small": small, "files": files},
        {},
    )


if __name__ == "__main__":
    main()
