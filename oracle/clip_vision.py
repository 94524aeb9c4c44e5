"""Golden files of the CLIP vision encoder (REFERENCE.md sections 2.3 and 2.4).

What: CLIPVisionModelWithProjection of transformers on tiny configurations: projected embedding, last hidden state.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and pixels.
Regenerate: when a configuration is added; the numbers must not change with a newer library.
"""

import torch
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from golden_files import float32_noise, write_golden
from reference_models import fill_portable, portable_input, shapes_of

BATCH = 3


def config(width, heads, layers, patch, image, projection, intermediate):
    return {
        "hidden_size": width,
        "num_attention_heads": heads,
        "num_hidden_layers": layers,
        "patch_size": patch,
        "image_size": image,
        "projection_dim": projection,
        "intermediate_size": intermediate,
        "hidden_act": "quick_gelu",
        "layer_norm_eps": 1e-5,
    }


CASES = {
    "clip-a": config(32, 4, 2, 8, 32, 16, 128),
    "clip-b": config(32, 4, 1, 7, 35, 16, 128),
    "clip-c": config(24, 3, 3, 16, 32, 20, 40),
}


def run(seed, settings, dtype):
    model = CLIPVisionModelWithProjection(CLIPVisionConfig(**settings, attn_implementation="eager")).eval()
    parameters = dict(model.named_parameters())
    fill_portable(parameters, seed)
    side = settings["image_size"]
    pixels = portable_input(f"input/{seed}/pixels", [BATCH, 3, side, side])
    with torch.no_grad():
        output = model.to(dtype)(pixel_values=pixels.to(dtype))
    return shapes_of(parameters), {
        f"{seed}/embedding": output.image_embeds,
        f"{seed}/last_hidden_state": output.last_hidden_state,
    }


def main():
    cases, arrays = [], {}
    for seed, settings in CASES.items():
        parameters, single = run(seed, settings, torch.float32)
        _, double = run(seed, settings, torch.float64)
        arrays |= single
        side = settings["image_size"]
        cases.append(
            {
                "seed": seed,
                "config": settings,
                "pixels": {"name": f"input/{seed}/pixels", "shape": [BATCH, 3, side, side]},
                "float32Noise": float32_noise(single, double),
                "parameters": parameters,
            }
        )
    write_golden(
        "clip-vision",
        "clip_vision.py",
        "CLIP vision encoder: <seed>/embedding [B, projection_dim], not normalised; "
        "<seed>/last_hidden_state [B, 1 + patches, hidden_size], before the final norm",
        "when a configuration is added",
        {"cases": cases},
        arrays,
    )


if __name__ == "__main__":
    main()
