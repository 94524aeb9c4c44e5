"""Golden files of CLIP under OpenAI's names (REFERENCE.md section 2.4): residual networks and vision transformers.

What: open_clip's ModifiedResNet and VisionTransformer (QuickGELU) on tiny configurations: the embedding, not normalised.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and pixels.
Regenerate: when a configuration is added; the numbers must not change with a newer library.
"""

import torch
from open_clip.modified_resnet import ModifiedResNet
from open_clip.transformer import QuickGELU, VisionTransformer

from golden_files import GOLDEN, float32_noise, write_golden
from reference_models import fill_portable, portable_input, shapes_of

BATCH = 2

CASES = {
    "resnet-a": lambda: ModifiedResNet((1, 2, 1, 1), 32, 8, image_size=64, width=16),
    "resnet-b": lambda: ModifiedResNet((2, 1, 1, 2), 24, 4, image_size=32, width=8),
    "vit-a": lambda: VisionTransformer(16, 8, 64, 2, 1, 4.0, output_dim=24, act_layer=QuickGELU),
    "vit-b": lambda: VisionTransformer(24, 8, 128, 1, 2, 2.0, output_dim=16, act_layer=QuickGELU),
}
ARCHIVES = {
    "ViT-tiny": lambda: VisionTransformer(16, 8, 64, 1, 1, 4.0, output_dim=24, act_layer=QuickGELU),
    "RN-tiny": lambda: ModifiedResNet((1, 1, 1, 1), 16, 2, image_size=32, width=4),
}


def stored_tensors(model):
    """Parameters and statistics under the names of OpenAI's files; counters are left out."""
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    order = [name for name in model.state_dict() if not name.endswith("num_batches_tracked")]
    return {f"visual.{name}": tensors[name] for name in order}


def side_of(model):
    size = model.image_size
    return size if isinstance(size, int) else size[0]


def run(seed, make, dtype, batch):
    model = make().eval()
    tensors = stored_tensors(model)
    fill_portable(tensors, seed)
    side = side_of(model)
    pixels = portable_input(f"input/{seed}/pixels", [batch, 3, side, side])
    with torch.no_grad():
        embedding = model.to(dtype)(pixels.to(dtype))
    return shapes_of(tensors), list(pixels.shape), {f"{seed}/embedding": embedding}


class Clip(torch.nn.Module):
    """The image tower under the name that it has in OpenAI's archives."""

    def __init__(self, visual):
        super().__init__()
        self.visual = visual

    def forward(self, pixels):
        return self.visual(pixels)


def archive(name, make):
    """Writes <name>.pt as OpenAI publishes its models, a TorchScript archive in float16, and gives what it computes."""
    model = make().eval()
    fill_portable(stored_tensors(model), name)
    model.half().float()  # the numbers of the file
    side = side_of(model)
    pixels = portable_input(f"input/{name}/pixels", [BATCH, 3, side, side])
    with torch.no_grad():
        embedding = model(pixels)
        traced = torch.jit.trace(Clip(model), pixels)
    torch.jit.save(traced.half(), GOLDEN / "clip-openai" / f"{name}.pt")
    return {"name": name, "pixels": {"name": f"input/{name}/pixels", "shape": list(pixels.shape)}}, embedding


def main():
    cases, arrays = [], {}
    archives = []
    for name, make in ARCHIVES.items():
        case, arrays[f"{name}/embedding"] = archive(name, make)
        archives.append(case)
    for seed, make in CASES.items():
        parameters, shape, single = run(seed, make, torch.float32, BATCH)
        _, _, double = run(seed, make, torch.float64, BATCH)
        arrays |= single
        cases.append(
            {
                "seed": seed,
                "pixels": {"name": f"input/{seed}/pixels", "shape": shape},
                "float32Noise": float32_noise(single, double),
                "parameters": parameters,
            }
        )
    write_golden(
        "clip-openai",
        "clip_openai.py",
        "CLIP image encoders under OpenAI's names: <seed>/embedding [B, C], not normalised",
        "when a configuration is added",
        {"cases": cases, "archives": archives},
        arrays,
    )


if __name__ == "__main__":
    main()
