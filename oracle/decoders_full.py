"""Golden files of the five GPT-2s at full size (REFERENCE.md section 2.7).

What: logits of transformers' GPT2LMHeadModel after a prefix and seven tokens, at every 97th id of two positions; for all
but XL, whose float64 would not fit, how far float32 is from float64.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and prefixes.
Regenerate: when a model is added. Takes some minutes and at most 10 GB; a newer library may move last digits.
"""

import gc

import torch

from golden_files import write_golden
from reference_models import build_gpt2, fill_portable, gpt2_parameters, portable_input

TOKENS = [2949, 14351, 22870, 69, 4175, 1904, 13]
PREFIX = 5
POSITIONS = [PREFIX - 1, PREFIX + len(TOKENS) - 1]
STRIDE = 97


def config(width, heads, layers):
    return {"n_embd": width, "n_head": heads, "n_layer": layers, "vocab_size": 50257, "n_positions": 1024}


MODELS = {
    "distilgpt2": config(768, 12, 6),
    "gpt2": config(768, 12, 12),
    "gpt2-medium": config(1024, 16, 24),
    "gpt2-large": config(1280, 20, 36),
    "gpt2-xl": config(1600, 25, 48),
}


def logits_of(model, seed, width):
    dtype = model.transformer.wte.weight.dtype
    prefix = portable_input(f"input/{seed}/prefix", [1, PREFIX, width]).to(dtype)
    with torch.no_grad():
        embeddings = torch.cat([prefix, model.transformer.wte(torch.tensor([TOKENS]))], dim=1)
        return model(inputs_embeds=embeddings).logits[0, POSITIONS, ::STRIDE].clone()


def main():
    cases, arrays = [], {}
    torch.set_num_threads(2)
    for seed, settings in MODELS.items():
        model = build_gpt2(settings)
        parameters = gpt2_parameters(model)
        fill_portable(parameters, seed)
        count = sum(tensor.numel() for tensor in parameters.values())
        single = logits_of(model, seed, settings["n_embd"])
        arrays[f"{seed}/logits"] = single
        noise = None
        if seed != "gpt2-xl":
            noise = float(f"{(single - logits_of(model.double(), seed, settings['n_embd'])).abs().max().item():.3g}")
        del model, parameters
        gc.collect()
        print(seed, count, noise, flush=True)
        prefix = {"name": f"input/{seed}/prefix", "shape": [1, PREFIX, settings["n_embd"]]}
        cases.append({"seed": seed, "config": settings, "prefix": prefix, "numbers": count, "absoluteNoise": noise})
    write_golden(
        "decoders-full",
        "decoders_full.py",
        "GPT-2 at full size: <seed>/logits [2, 519], every 97th id after the prefix and after the last token",
        "when a model is added",
        {"tokens": TOKENS, "positions": POSITIONS, "stride": STRIDE, "cases": cases},
        arrays,
    )


if __name__ == "__main__":
    main()
