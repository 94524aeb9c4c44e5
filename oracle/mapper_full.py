"""Golden files of both mappers at full size (REFERENCE.md section 2.6): forward and every gradient.

What: the prefix of portable features and the gradients of sum(P * G), each at 256 evenly spaced elements.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights, features and G.
Regenerate: when a configuration is added; the numbers must not change with a newer library.
"""

import torch

from golden_files import float32_noise, write_golden
from mapper import run
from sampling import sampled

CASES = {
    "image+mask": {"kind": "transformer", "inputWidth": 1024, "prefixLength": 40, "width": 768, "latentLength": 40,
                   "heads": 8, "layers": 8},
    "image": {"kind": "transformer", "inputWidth": 512, "prefixLength": 40, "width": 768, "latentLength": 40,
              "heads": 8, "layers": 8},
    "mlp": {"kind": "mlp", "inputWidth": 512, "prefixLength": 10, "width": 768},
    # 479,769,600 parameters.
    "mlp-40": {"kind": "mlp", "inputWidth": 512, "prefixLength": 40, "width": 768},
}


def main():
    cases, arrays = [], {}
    torch.set_num_threads(2)
    for seed, settings in CASES.items():
        parameters, single = run(seed, settings, torch.float32)
        single = {name: sampled(array) for name, array in single.items()}
        _, double = run(seed, settings, torch.float64)
        noise = float32_noise(single, {name: sampled(array) for name, array in double.items()})
        del double
        print(seed, noise, flush=True)
        arrays |= single
        batch = 3
        cases.append(
            {
                "seed": seed,
                "config": settings,
                "features": {"name": f"input/{seed}/features", "shape": [batch, settings["inputWidth"]]},
                "G": {"name": f"input/{seed}/G", "shape": [batch, settings["prefixLength"], settings["width"]]},
                "float32Noise": noise,
                "parameters": parameters,
            }
        )
    write_golden(
        "mapper-full",
        "mapper_full.py",
        "Mappers at full size: samples of <seed>/P, <seed>/gradient/features and <seed>/gradient/<parameter>",
        "when a configuration is added",
        {"cases": cases},
        arrays,
    )


if __name__ == "__main__":
    main()
