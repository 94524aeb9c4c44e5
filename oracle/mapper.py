"""Golden files of both mappers (REFERENCE.md section 2.6).

What: forward P [B, L_p, h] of portable features [B, d], and every gradient of sum(P * G) with a portable G.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights, features and G.
Regenerate: when a configuration is added; the numbers must not change with a newer library.
"""

import torch

from golden_files import float32_noise, write_golden
from reference_models import build_mapper, fill_portable, portable_input, shapes_of

BATCH = 3


def config(kind, input_width, latent, prefix, width, heads=None, layers=None):
    sizes = {"inputWidth": input_width, "prefixLength": prefix, "width": width}
    if kind == "mlp":
        return {"kind": kind, **sizes}
    return {"kind": kind, **sizes, "latentLength": latent, "heads": heads, "layers": layers}


CASES = {
    "mapper-a": config("transformer", 24, 5, 6, 32, 4, 3),
    "mapper-b": config("transformer", 10, 7, 2, 16, 2, 2),
    "mapper-c": config("transformer", 12, 4, 4, 16, 4, 1),
    "mapper-mlp": config("mlp", 24, None, 6, 16),
}


def run(seed, settings, dtype):
    mapper = build_mapper(settings)
    parameters = dict(mapper.named_parameters())
    fill_portable(parameters, seed)
    mapper.to(dtype)
    features = portable_input(f"input/{seed}/features", [BATCH, settings["inputWidth"]]).to(dtype).requires_grad_()
    weighting = portable_input(f"input/{seed}/G", [BATCH, settings["prefixLength"], settings["width"]]).to(dtype)
    prefix = mapper.clip_project(features)
    (prefix * weighting).sum().backward()
    gradients = {f"{seed}/gradient/{name}": tensor.grad for name, tensor in parameters.items()}
    return shapes_of(parameters), {
        f"{seed}/P": prefix,
        f"{seed}/gradient/features": features.grad,
        **gradients,
    }


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
                "features": {"name": f"input/{seed}/features", "shape": [BATCH, settings["inputWidth"]]},
                "G": {"name": f"input/{seed}/G", "shape": [BATCH, settings["prefixLength"], settings["width"]]},
                "float32Noise": float32_noise(single, double),
                "parameters": parameters,
            }
        )
    write_golden(
        "mapper",
        "mapper.py",
        "Mappers: <seed>/P [B, L_p, h]; <seed>/gradient/features and <seed>/gradient/<parameter> of sum(P * G)",
        "when a configuration is added",
        {"cases": cases},
        arrays,
    )


if __name__ == "__main__":
    main()
