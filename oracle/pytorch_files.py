"""Golden files of PyTorch's formats and of pickled feature caches, and pickles that would run code.

What: one state dict saved by torch.save in the zip and the legacy format, wrapped as a training checkpoint too; the
public code's feature cache (REFERENCE.md section 5) with numpy and with PyTorch vectors, in pickle protocols 2 to 5;
numpy arrays of every layout and type that is read; and a corpus of armed pickles: this script loads each with Python's
own unpickler, in a scratch folder, and makes sure that it runs its code there.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable values.
Regenerate: when a case is added. A newer PyTorch may move bytes, and must not change any value.
"""

import _compat_pickle
import base64
import collections
import contextlib
import io
import os
import pickle
import subprocess
import sys
import tempfile
import zipfile

import numpy
import torch

from golden_files import GOLDEN, write_golden
from portable import portable_values

FOLDER = GOLDEN / "pytorch"


def values(name, *shape):
    return torch.as_tensor(portable_values(f"pytorch/{name}", int(numpy.prod(shape, dtype=int)))).reshape(shape)


def state_dict():
    """Names of a reference checkpoint, every element type, and every way to lie in a storage."""
    base = values("base", 6, 8)
    state = collections.OrderedDict()
    state["clip_project.linear.weight"] = values("linear", 5, 3)
    state["clip_project.linear.bias"] = values("bias", 5)
    state["clip_project.prefix_const"] = torch.nn.Parameter(values("prefix", 2, 4))
    state["gpt.transformer.wte.weight"] = values("wte", 7, 4)
    state["gpt.lm_head.weight"] = state["gpt.transformer.wte.weight"]
    state["gpt.transformer.h.0.attn.bias"] = torch.ones(1, 1, 4, 4, dtype=torch.bool).tril()
    state["gpt.transformer.h.0.attn.masked_bias"] = torch.tensor(-1e4)
    state["views.transposed"] = base.T
    state["views.row"] = base[3]
    state["views.block"] = base[1:5:2, 2:6]
    state["views.permuted"] = values("permuted", 2, 3, 4).permute(2, 0, 1)
    state["views.empty"] = torch.zeros(0, 3)
    for dtype in (torch.float64, torch.float16, torch.bfloat16):
        state[f"types.{str(dtype).split('.')[1]}"] = values("floats", 9).to(dtype)
    for dtype in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8):
        state[f"types.{str(dtype).split('.')[1]}"] = torch.tensor([0, 1, 7, 100], dtype=dtype)
    state["types.negative"] = torch.tensor([-1, -(2**40)])
    state._metadata = collections.OrderedDict([("", {"version": 1})])
    return state


def cache(vector):
    """The public code's cache: vectors of images and masks, captions that point into them."""
    vectors = [values(f"vector/{i}", 4) for i in range(4)]
    boxes = [[0.1, 0.2, 0.5, 0.75]]
    return {
        "clip_embedding": [vector(v) for v in vectors],
        "captions": [
            {"image_id": "a.png", "caption": "One.", "boxes": boxes, "clip_embedding": 0, "clip_mask_embedding": 1},
            {"image_id": "b.png", "caption": "Número dos.", "boxes": [], "clip_embedding": 2, "clip_mask_embedding": 3},
        ],
    }


def numpy_arrays():
    matrix = values("matrix", 3, 4).numpy()
    return {
        "rows": matrix,
        "columns": numpy.asfortranarray(matrix),
        "big-endian": matrix.astype(">f4"),
        "float64": matrix.astype(numpy.float64),
        "float16": matrix.astype(numpy.float16),
        "int32": numpy.arange(-3, 3, dtype=numpy.int32).reshape(2, 3),
        "bool": numpy.array([True, False]),
        "empty": numpy.zeros((0, 2), dtype=numpy.float32),
        "scalar": numpy.float32(1.5),
        "no axes": numpy.array(2.5, dtype=numpy.float32),
    }


def described(array):
    """Type, shape and values as text, as they are read: floats as float32, whole numbers as int64."""
    if not isinstance(array, torch.Tensor):
        array = torch.as_tensor(numpy.array(array, dtype=array.dtype.newbyteorder("=")))
    tensor = array.detach()
    kind = "bool" if tensor.dtype == torch.bool else "float32" if tensor.is_floating_point() else "int64"
    return {
        "dtype": kind,
        "shape": list(tensor.shape),
        "values": [str(v) for v in tensor.to(getattr(torch, kind)).flatten().tolist()],
    }


class Call:
    """Pickled as a call: whoever unpickles it naively makes it."""

    def __init__(self, function, *args):
        self.function, self.args = function, args

    def __reduce__(self):
        return self.function, self.args


MARK = "open('marker', 'w').close()"
TOUCH = "touch marker"


def armed():
    """Payloads that leave a file called marker in the working folder, by the Python name that does it."""
    import importlib
    import operator
    import runpy
    import timeit

    program = io.BytesIO()
    torch.save(Call(os.system, TOUCH), program, _use_new_zipfile_serialization=False)
    nested = program.getvalue()
    return {
        "system": (Call(os.system, TOUCH), "posix system"),
        "eval": (Call(eval, MARK), "builtins eval"),
        "exec": (Call(exec, MARK), "builtins exec"),
        "open": (Call(open, "marker", "w"), "io open"),
        "process": (Call(subprocess.run, ["touch", "marker"]), "subprocess run"),
        "import": (Call(exec, "import pathlib; pathlib.Path('marker').touch()"), "builtins exec"),
        "timeit": (Call(timeit.timeit, MARK, "pass", timeit.default_timer, 1), "timeit timeit"),
        "attribute": (Call(operator.methodcaller("system", TOUCH), Call(importlib.import_module, "os")),
                      "operator methodcaller"),
        "in a list": ([1, {"a": Call(os.system, TOUCH)}], "posix system"),
        "as a dict key": ({(1, Call(os.system, TOUCH)): 1}, "posix system"),
        "in a cache": ({"clip_embedding": [Call(os.system, TOUCH)], "captions": []}, "posix system"),
        "in a nested PyTorch file": (Call(load_anything, nested), "posix system"),
    }


def load_anything(data):
    return torch.load(io.BytesIO(data), weights_only=False)


def python2_name(name):
    """Protocol 2 calls modules as Python 2 did."""
    module, _, attribute = name.partition(" ")
    return f"{_compat_pickle.REVERSE_IMPORT_MAPPING.get(module, module)} {attribute}"


def armed_bytes(payload, protocol):
    if isinstance(payload, Call) and payload.function is load_anything:
        return call_of_load_from_bytes(payload.args[0])
    return pickle.dumps(payload, protocol)


def call_of_load_from_bytes(nested):
    """What a tensor in a plain pickle is, with other bytes in it."""
    return b"\x80\x02ctorch.storage\n_load_from_bytes\nB" + len(nested).to_bytes(4, "little") + nested + b"\x85R."


# PyTorch before 2.6 loaded nested files like this.
NAIVE_LOAD = """
import io, pickle, sys, torch
torch.storage._load_from_bytes = lambda b: torch.load(io.BytesIO(b), weights_only=False)
pickle.load(sys.stdin.buffer)
"""


def runs_code(data):
    """Whether Python's own unpickler is caught by this."""
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        command = [sys.executable, "-c", NAIVE_LOAD]
        subprocess.run(command, input=data, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        return os.path.exists("marker")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    state = state_dict()
    for name, saved, is_zip in (
        ("zip.pt", state, True),
        ("legacy.pt", state, False),
        ("wrapped.pt", {"epoch": 3, "model_state_dict": state, "args": {"lr": 2e-5}}, True),
    ):
        torch.save(saved, FOLDER / name, _use_new_zipfile_serialization=is_zip)
    save_script(FOLDER / "script.pt")

    pickles = {f"cache-numpy-{p}": pickle.dumps(cache(lambda v: v.numpy()), p) for p in (2, 4, 5)}
    pickles |= {f"cache-torch-{p}": pickle.dumps(cache(lambda v: v), p) for p in (2, 4)}
    pickles |= {f"arrays-{p}": pickle.dumps(numpy_arrays(), p) for p in (2, 3, 4, 5)}
    for name, data in pickles.items():
        (FOLDER / f"{name}.pkl").write_bytes(data)

    corpus = []
    for name, (payload, refused) in armed().items():
        for protocol in (2, 4) if not name.startswith("in a nested") else (2,):
            data = armed_bytes(payload, protocol)
            assert runs_code(data), name
            names = python2_name(refused) if protocol == 2 else refused
            encoded = base64.b64encode(data).decode()
            corpus.append({"name": f"{name}, protocol {protocol}", "names": names, "pickle": encoded})
    write_golden(
        "pytorch",
        "pytorch_files.py",
        "files of torch.save and pickle.dump with their values; pickles that run code under Python",
        "when a case is added",
        {
            "state": {name: described(tensor) for name, tensor in state.items()},
            "vectors": [described(values(f"vector/{i}", 4)) for i in range(4)],
            "arrays": {name: described(array) for name, array in numpy_arrays().items()},
            "script": {name: described(tensor) for name, tensor in tiny_module().state_dict().items()},
            "armed": corpus,
        },
        {},
        seed="none: every array comes from its name (oracle/portable.py)",
    )


def save_script(path):
    """A TorchScript archive, the format of OpenAI's CLIP files, without its code, which names files of this machine."""
    whole = io.BytesIO()
    torch.jit.save(torch.jit.script(tiny_module()), whole)
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(path, "w") as stripped:
        for name in archive.namelist():
            if "/code/" not in name:
                stripped.writestr(zipfile.ZipInfo(name), archive.read(name))


def tiny_module():
    class Tiny(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = torch.nn.Linear(3, 2)
            self.register_buffer("count", torch.tensor([3]))
            with torch.no_grad():
                self.fc.weight.copy_(values("script/weight", 2, 3))
                self.fc.bias.copy_(values("script/bias", 2))

        def forward(self, x):
            return self.fc(x) + self.count

    return Tiny()


if __name__ == "__main__":
    main()
