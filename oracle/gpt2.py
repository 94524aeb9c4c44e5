"""Golden files of the GPT-2 decoder (REFERENCE.md section 2.7).

What: GPT2LMHeadModel of transformers on tiny configurations: logits over [prefix embeddings ; token embeddings].
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and prefixes.
Regenerate: when a configuration is added; the numbers must not change with a newer library.
"""

import torch

from golden_files import float32_noise, write_golden
from reference_models import build_gpt2, fill_portable, gpt2_parameters, portable_input, shapes_of

PREFIX = 5
TOKENS = [[3, 14, 0, 92, 65, 35, 8], [9, 79, 32, 38, 46, 26, 43], [96, 1, 1, 0, 0, 2, 95]]


def config(width, heads, layers, vocabulary, positions):
    return {
        "n_embd": width,
        "n_head": heads,
        "n_layer": layers,
        "vocab_size": vocabulary,
        "n_positions": positions,
        "activation_function": "gelu_new",
        "layer_norm_epsilon": 1e-5,
    }


CASES = {"gpt2-a": config(32, 4, 2, 97, 64), "gpt2-b": config(24, 2, 3, 101, 12)}


def run(seed, settings, dtype):
    model = build_gpt2(settings)
    parameters = gpt2_parameters(model)
    fill_portable(parameters, seed)
    model.to(dtype)
    prefix = portable_input(f"input/{seed}/prefix", [len(TOKENS), PREFIX, settings["n_embd"]]).to(dtype)
    with torch.no_grad():
        embeddings = torch.cat([prefix, model.transformer.wte(torch.tensor(TOKENS))], dim=1)
        logits = model(inputs_embeds=embeddings).logits
    return shapes_of(parameters), {f"{seed}/logits": logits}


def main():
    cases, arrays = [], {}
    for seed, settings in CASES.items():
        parameters, single = run(seed, settings, torch.float32)
        _, double = run(seed, settings, torch.float64)
        arrays |= single
        cases.append(
            {
                "seed": seed,
                "config": settings,
                "prefix": {"name": f"input/{seed}/prefix", "shape": [len(TOKENS), PREFIX, settings["n_embd"]]},
                "tokens": TOKENS,
                "float32Noise": float32_noise(single, double),
                "parameters": parameters,
            }
        )
    write_golden(
        "gpt2",
        "gpt2.py",
        "GPT-2: <seed>/logits [B, P + T, V] over the prefix and the embedded tokens",
        "when a configuration is added",
        {"cases": cases},
        arrays,
    )


if __name__ == "__main__":
    main()
