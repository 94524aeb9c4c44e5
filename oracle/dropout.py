"""Golden files of joint training with GPT-2's dropout (REFERENCE.md section 2.7: GPT-2 in train mode).

What: loss and gradients of training.py's tiny model with transformers' GPT-2 in train mode, each of whose dropout
modules is given its mask instead of drawing it. The masks are the product's: bits of a hash of seed, step, place and
coordinates (src/nn/dropout.ts), made here again in NumPy.
Versions: see requirements.txt and the header of the manifest. Seed: 7, in the masks.
Regenerate: when the masks' rule or the places of dropout change.
"""

import numpy
import torch
from torch import nn
from transformers.models.gpt2 import modeling_gpt2

from golden_files import write_golden
from portable import fnv1a
from training import GPT2, GRADIENT_BATCH, MAPPER, ROWS, Model

RATE, SEED, STEPS = 0.3, 7, (0, 12)
GOLDEN = numpy.uint32(0x9E3779B9)


def mix(x):
    x = (x ^ (x >> numpy.uint32(16))) * numpy.uint32(0x7FEB352D)
    x = (x ^ (x >> numpy.uint32(15))) * numpy.uint32(0x846CA68B)
    return x ^ (x >> numpy.uint32(16))


def mask(key, shape):
    """bool of this shape: each axis mixes its index into the hash of the axes before it."""
    state = numpy.full((), fnv1a(key), dtype=numpy.uint32)
    with numpy.errstate(over="ignore"):
        for size in shape:
            state = mix(state[..., None] + numpy.arange(size, dtype=numpy.uint32) * GOLDEN)
    return torch.as_tensor(state.astype(numpy.float64) >= RATE * 2**32)


class GivenDropout(nn.Dropout):
    """Dropout with a known mask; `first` rows of the second-last axis are kept whole: nobody reads them."""

    def __init__(self, place, site, step, first):
        super().__init__(RATE)
        self.key, self.first = f"{SEED}/dropout/{place}.{site}/step-{step}", first

    def forward(self, x):
        shape = [*x.shape[:-2], x.shape[-2] - self.first, x.shape[-1]]
        kept = torch.ones(x.shape, dtype=torch.bool)
        kept[..., self.first :, :] = mask(self.key, shape)
        scale = torch.ones(x.shape, dtype=x.dtype)
        scale[..., self.first :, :] = 1 / (1 - RATE)
        return x * kept * scale


def eager_attention(module, *args, **kwargs):
    """The library's eager attention, whose functional dropout is given the module's mask."""
    if not isinstance(module.attn_dropout, GivenDropout):
        return library_attention(module, *args, **kwargs)
    drawn = nn.functional.dropout
    nn.functional.dropout = lambda weights, **_: module.attn_dropout(weights)
    try:
        return library_attention(module, *args, **kwargs)
    finally:
        nn.functional.dropout = drawn


library_attention = modeling_gpt2.eager_attention_forward
modeling_gpt2.eager_attention_forward = eager_attention


def with_dropout(model, step):
    """Replaces the dropout modules in the order in which a forward pass meets them."""
    transformer = model.gpt2.transformer
    transformer.drop = GivenDropout(0, "embedding", step, 0)
    for i, block in enumerate(transformer.h):
        first = MAPPER["prefixLength"] - 1 if i == len(transformer.h) - 1 else 0
        block.attn.attn_dropout = GivenDropout(3 * i + 1, "attention", step, first)
        block.attn.resid_dropout = GivenDropout(3 * i + 2, "residual", step, first)
        block.mlp.dropout = GivenDropout(3 * i + 3, "residual", step, first)
    return model


def main():
    arrays, cases = {}, []
    for step in STEPS:
        model = with_dropout(Model(torch.float32), step)
        model.gpt2.train()
        loss = model.loss(GRADIENT_BATCH, True)
        loss.backward()
        exact = with_dropout(Model(torch.float64), step).loss(GRADIENT_BATCH, True)
        parameters = model.mapper_parameters | model.gpt2_parameters
        arrays |= {f"gradient/{step}/{name}": tensor.grad for name, tensor in parameters.items()}
        cases.append({"step": step, "loss": loss.item(), "float64Loss": exact.item()})
    undropped = Model(torch.float32).loss(GRADIENT_BATCH, True).item()
    write_golden(
        "dropout",
        "dropout.py",
        "loss and gradient/<step>/<parameter> of training.py's gradientBatch with dropout in GPT-2",
        "when the masks' rule or the places of dropout change",
        {"rate": RATE, "seed": SEED, "cases": cases, "lossWithoutDropout": undropped,
         "rows": len(ROWS), "layers": GPT2["n_layer"]},
        arrays,
    )  # fmt: skip


if __name__ == "__main__":
    main()
