"""Golden files of an export beyond 2 GB: GPT-2 large as pytorch_model.bin, through our commands, to ONNX files.

What: PyTorch writes the decoder (3.1 GB) and a mapper; `models import` and `models export` make a run and its ONNX files of
them. onnx.checker has to accept these with their .onnx.data files, and Python's onnxruntime has to give the logits of
transformers' GPT-2. The golden has the prefix's best next tokens and those after each of them, by transformers.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and prefix.
Regenerate: after `npm run build`, when the ONNX export changes. Takes some minutes, 11 GB of disk and 9 GB of memory.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch

from decoders_full import MODELS
from golden_files import write_golden
from reference_models import build_gpt2, build_mapper, fill_portable, gpt2_parameters, portable_input

ROOT = Path(__file__).resolve().parent.parent
SEED = "gpt2-large"
PREFIX, BEAMS = 2, 5
TOLERANCE = 1e-4


def program(*arguments):
    command = ["node", ROOT / "dist" / "cli" / "main.js", *arguments]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def write_decoder(folder):
    """GPT-2 large as the hub had it first: configuration, tokenizer, pytorch_model.bin."""
    program("models", "random", "openai-community/gpt2", "--out", folder, "--set", "n_embd=8", "--set", "n_layer=1",
            "--set", "n_head=1")
    (folder / "model.safetensors").unlink()
    (folder / "config.json").write_text(json.dumps({"model_type": "gpt2", **MODELS[SEED]}), encoding="utf-8")
    model = build_gpt2(MODELS[SEED])
    parameters = gpt2_parameters(model)
    fill_portable(parameters, SEED)
    torch.save({name: tensor.detach() for name, tensor in parameters.items()}, folder / "pytorch_model.bin")
    return model


def write_mapper(path):
    mapper = build_mapper({"kind": "mlp", "inputWidth": 128, "width": MODELS[SEED]["n_embd"], "prefixLength": PREFIX})
    fill_portable(dict(mapper.named_parameters()), "large-onnx")
    torch.save(mapper.state_dict(), path)


def open_checked(path):
    """A session over the file and its weights; the checker reads both by the path."""
    onnx.checker.check_model(str(path))
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def run(session, feeds):
    names = [item.name for item in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds)))


def step_feeds(prompt):
    caches = {name: array for name, array in prompt.items() if name.startswith("prefix.")}
    _, heads, _, width = next(iter(caches.values())).shape
    empty = numpy.zeros((1, heads, 0, width), dtype=numpy.float32)
    return {
        "tokens": prompt["ids"].reshape(-1),
        "position": numpy.array([PREFIX]),
        **caches,
        **{name.replace("prefix", "generated"): empty for name in caches},
        "bias": numpy.zeros((1, 1, BEAMS, 0), dtype=numpy.float32),
    }


@torch.no_grad()
def next_logarithms(model, prefix, tokens):
    """Log-probabilities [K, V] after the prefix [1, P, E] and each of K tokens, or after the prefix alone."""
    rows = prefix if tokens is None else torch.cat(
        [prefix.expand(len(tokens), -1, -1), model.transformer.wte(tokens)[:, None]], dim=1)
    return model(inputs_embeds=rows, logits_to_keep=1).logits[:, -1].log_softmax(-1)


def compare(found, expected):
    """Our best ids have the log-probabilities that transformers gives them, and these are its best."""
    best = expected.topk(BEAMS).values
    theirs = expected.gather(-1, torch.as_tensor(found["ids"]))
    ours = torch.as_tensor(found["logProbabilities"])
    distance = max((ours - theirs).abs().max().item(), (ours - best).abs().max().item())
    assert distance <= TOLERANCE, distance
    return float(f"{distance:.2g}")


def main():
    torch.set_num_threads(2)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        model = write_decoder(folder / "decoder")
        write_mapper(folder / "mapper.pt")
        program("models", "import", folder / "mapper.pt", "--mode", "image", "--encoder-model", "tiny-clip",
                "--decoder-model", folder / "decoder", "--out", folder / "run")
        program("models", "export", folder / "run", "--onnx", folder / "onnx", "--beams", BEAMS)
        sizes = {path.name: path.stat().st_size for path in sorted((folder / "onnx").iterdir())}
        prefix = portable_input("input/large-onnx/prefix", [1, PREFIX, MODELS[SEED]["n_embd"]])
        prompt = run(open_checked(folder / "onnx" / "decoder-prefill.onnx"), {"prefix": prefix.numpy()})
        first = next_logarithms(model, prefix, None)
        distances = {"prefill": compare(prompt, first)}
        step = run(open_checked(folder / "onnx" / "decoder-step.onnx"), step_feeds(prompt))
        second = next_logarithms(model, prefix, torch.as_tensor(prompt["ids"][0]))
        distances["step"] = compare(step, second)
    print(sizes, distances)
    write_golden(
        "large-onnx",
        "large_onnx.py",
        "GPT-2 large: prefill [1, 5] and step [5, 5], transformers' best log-probabilities",
        "when the ONNX export changes",
        {
            "seed": SEED,
            "config": MODELS[SEED],
            "prefix": {"name": "input/large-onnx/prefix", "shape": list(prefix.shape)},
            "beams": BEAMS,
            "first": prompt["ids"][0].tolist(),
            "checked": {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__},
            "bytes": sizes,
            "onnxruntimeFromTransformers": distances,
        },
        {"prefill": first.topk(BEAMS).values, "step": second.topk(BEAMS).values},
    )


if __name__ == "__main__":
    main()
