"""Golden checkpoints as the public code and ClipCap save them (REFERENCE.md sections 2.6 and 3), and a hub's .bin.

What: state dicts of tiny systems: a transformer mapper with its GPT-2, tied output layer and attention buffers (zip
format), an mlp mapper alone (legacy format), and GPT-2 alone as pytorch_model.bin. The values are portable tensors.
Versions: see requirements.txt and the header of the manifest. Seed: the tensor names.
Regenerate: when a case is added. A newer PyTorch may move bytes, and must not change any value.
"""

import collections

import torch

from golden_files import GOLDEN, write_golden
from reference_models import build_gpt2, build_mapper, fill_portable, shapes_of

FOLDER = GOLDEN / "reference-checkpoints"
GPT2 = {"n_embd": 16, "n_head": 2, "n_layer": 2, "vocab_size": 23, "n_positions": 16}
TRANSFORMER = {"kind": "transformer", "inputWidth": 12, "width": 16, "prefixLength": 3, "latentLength": 4, "heads": 8,
               "layers": 2}
MLP = {"kind": "mlp", "inputWidth": 6, "width": 16, "prefixLength": 2}
SEED = "checkpoint"


def decoder(seed):
    """GPT-2's state dict with what an older transformers kept in it besides parameters."""
    model = build_gpt2(GPT2)
    fill_portable(dict(model.named_parameters()), seed)
    state = collections.OrderedDict(model.state_dict())
    positions = GPT2["n_positions"]
    for layer in range(GPT2["n_layer"]):
        mask = torch.ones(1, 1, positions, positions, dtype=torch.uint8).tril()
        state[f"transformer.h.{layer}.attn.bias"] = mask
        state[f"transformer.h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    return state


def mapper(config):
    model = build_mapper(config)
    fill_portable(dict(model.named_parameters()), SEED)
    return model.state_dict()


def joined(mapper_state, decoder_state):
    named = {f"gpt.{name}": tensor for name, tensor in decoder_state.items()}
    return collections.OrderedDict([*named.items(), *mapper_state.items()])


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    frozen, trained = decoder(SEED), decoder("trained")
    transformer, mlp = mapper(TRANSFORMER), mapper(MLP)
    torch.save(joined(transformer, frozen), FOLDER / "frozen.pt")
    torch.save(joined(transformer, trained), FOLDER / "joint.pt")
    torch.save(mlp, FOLDER / "mlp.pt", _use_new_zipfile_serialization=False)
    torch.save(frozen, FOLDER / "pytorch_model.bin")
    write_golden(
        "reference-checkpoints",
        "reference_checkpoints.py",
        "checkpoints of torch.save whose tensors are portable under their names",
        "when a case is added",
        {"gpt2": GPT2, "transformer": TRANSFORMER, "mlp": MLP, "shapes": {
            "transformer": shapes_of(transformer), "mlp": shapes_of(mlp)}},
        {},
    )


if __name__ == "__main__":
    main()
