"""Golden files of training at full size (REFERENCE.md section 3): three updates of the paper's mapper.

What: losses and updates (final - initial, at 256 evenly spaced elements of each tensor) of the image+mask mapper in
front of a frozen GPT-2 small, AdamW `hf`, batch 8. Updates are those of float64, with the distance of PyTorch's own
float32 from them for each tensor.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and features.
Regenerate: when the settings change; the numbers must not change with a newer library.
"""

import torch

import training
from adamw import BETAS, EPSILON
from golden_files import relative_l2, write_golden
from mapper_full import CASES
from reference_models import shapes_of
from sampling import sampled

SEED = training.SEED
BATCH, STEPS, WARMUP = 8, 3, 1
ROWS = [
    [2949, 14351, 22870, 13],
    [14126, 498, 1878, 28474, 11, 269, 446, 5889, 273, 5536, 8064, 286, 657, 13],
    [37, 2860, 13],
    [0, 0, 13],
    [9527, 1018, 1373, 46450, 50047, 287, 262, 826, 2793, 49918, 13],
    [33, 346, 10534, 13],
    [2949, 3272, 263, 13],
    [11024, 276, 198, 4686, 1241, 13],
]  # fmt: skip


def main():
    torch.set_num_threads(2)
    training.MAPPER = CASES["image+mask"]
    training.GPT2 = {"n_embd": 768, "n_head": 12, "n_layer": 12, "vocab_size": 50257, "n_positions": 1024}
    training.ROWS, training.BATCH, training.WARMUP = ROWS, BATCH, WARMUP
    training.batches = lambda steps: [list(range(BATCH))] * steps
    losses, single = training.train(torch.float32, False, STEPS)
    single = {name: sampled(array) for name, array in single.items()}
    print(losses, flush=True)
    exact, double = training.train(torch.float64, False, STEPS)
    double = {name: sampled(array) for name, array in double.items()}
    noise = {name.removeprefix("update/frozen/"): float(f"{relative_l2(single[name], array):.3g}") for name, array in double.items()}
    print(exact, max(noise.values()), flush=True)
    shapes = shapes_of(dict(training.build_mapper(training.MAPPER).named_parameters()))
    write_golden(
        "training-full",
        "training_full.py",
        "samples of update/frozen/<parameter> = final - initial after three updates in float64; losses before each in "
        "float32; float32Noise: relative L2 distance of PyTorch's float32 from float64, by parameter",
        "when the settings change",
        {
            "seed": SEED,
            "mapper": training.MAPPER,
            "gpt2": training.GPT2,
            "features": {"name": f"input/{SEED}/features", "shape": [len(ROWS), training.MAPPER["inputWidth"]]},
            "rows": ROWS,
            "adamw": {"rule": "hf", "betas": BETAS, "epsilon": EPSILON["hf"], "weightDecay": 0},
            "schedule": {"learningRate": training.RATE, "warmup": WARMUP},
            "steps": STEPS,
            "losses": losses,
            "lossNoise": max(abs(a - b) / b for a, b in zip(losses, exact)),
            "float32Noise": noise,
            "mapperParameters": shapes,
        },
        double,
    )


if __name__ == "__main__":
    main()
