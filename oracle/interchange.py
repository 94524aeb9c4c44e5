"""Checks what others read of ours, and writes what it gives: tests/golden/interchange.

What: the ONNX files and the checkpoint in that folder are written by tests/golden/interchange.test.ts. Here onnx.checker
has to accept the models, Python's onnxruntime runs them, and the PyTorch snippet of docs/interchange.md loads the
checkpoint into a mapper, which then computes. All outputs become the golden arrays.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and inputs.
Regenerate: after REGIONFORMER_WRITE_GOLDEN=1 npx vitest run --project fast tests/golden/interchange.test.ts, which is
needed when an op's ONNX, a graph or the checkpoint format changes.
"""

import re

import numpy
import onnx
import onnxruntime
import torch

from golden_files import GOLDEN, write_golden
from reference_models import build_mapper, portable_input

FOLDER = GOLDEN / "interchange"
DOCUMENT = GOLDEN.parent.parent / "docs" / "interchange.md"
SEED = "interchange"
ROWS, BEAMS, PREFIX = 2, 3, 3


def run(name, feeds):
    path = FOLDER / f"{name}.onnx"
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert sorted(feeds) == sorted(item.name for item in session.get_inputs()), "inputs differ"
    names = [item.name for item in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds)))


def of(topic, outputs):
    return {f"{topic}/{name}": torch.as_tensor(numpy.asarray(array)) for name, array in outputs.items()}


def decoder_steps(prompt):
    """Two steps with the prompt's best tokens: the first without generated tokens, the second with the first's."""
    caches = {name: array for name, array in prompt.items() if name.startswith("prefix.")}
    _, heads, _, width = next(iter(caches.values())).shape
    generated = {name.replace("prefix", "generated"): numpy.zeros((ROWS, heads, 0, width), numpy.float32) for name in caches}
    # The beam of the first step that each beam of the second continues.
    continued = numpy.array([[1, 0, 2], [2, 2, 0]])
    second = numpy.where(continued[:, None, :, None] == numpy.arange(BEAMS), 0, -numpy.inf).astype(numpy.float32)
    answers = []
    for position, bias in ((PREFIX, second[..., :0]), (PREFIX + 1, second)):
        feeds = {"tokens": prompt["ids"].reshape(-1), "position": numpy.array([position]), "bias": bias}
        answer = run("decoder-step", {**feeds, **caches, **generated})
        generated = {name: numpy.concatenate([old, answer[f"new.{name}"]], axis=2) for name, old in generated.items()}
        answers.append(answer)
    return answers


def snippet_prefix(visual):
    """Runs the snippet of the document as it stands there."""
    [snippet] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    config = {"kind": "transformer", "inputWidth": 16, "width": 16, "prefixLength": PREFIX, "latentLength": 2,
              "heads": 2, "layers": 2}
    model = build_mapper(config)
    exec(snippet, {"path": FOLDER / "checkpoint.safetensors", "model": model})
    with torch.no_grad():
        return model["clip_project"](visual)


def main():
    visual = portable_input(f"input/{SEED}/visual", [ROWS, 16])
    prompt = run("decoder-prefill", {"prefix": portable_input(f"input/{SEED}/prefix", [ROWS, PREFIX, 16]).numpy()})
    first, second = decoder_steps(prompt)
    arrays = {
        **of("encoder", run("encoder", {"pixels": portable_input(f"input/{SEED}/pixels", [ROWS, 3, 16, 16]).numpy()})),
        **of("mapper", run("mapper", {"visual": visual.numpy()})),
        **of("prefill", prompt),
        **of("step", first),
        **of("second step", second),
        "pytorch/prefix": snippet_prefix(visual),
    }
    write_golden(
        "interchange",
        "interchange.py",
        "our ONNX files as onnxruntime runs them, and our checkpoint in PyTorch",
        "when an op's ONNX, a graph or the checkpoint format changes",
        {"checked": {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}},
        arrays,
    )


if __name__ == "__main__":
    main()
