"""Golden files of the eight CLIP image encoders at full size (REFERENCE.md section 2.4).

What: the embedding, not normalised, of one image by each: transformers' CLIPVisionModelWithProjection for the vision
transformers, open_clip's ModifiedResNet for the residual networks; for each how far float32 is from float64.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and pixels.
Regenerate: when a model is added. Takes some minutes and at most 8 GB; a newer library may move last digits.
"""

import gc

import torch
from open_clip.modified_resnet import ModifiedResNet
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from clip_openai import stored_tensors
from golden_files import float32_noise, write_golden
from reference_models import fill_portable, portable_input


def vit(width, heads, layers, patch, projection):
    return {
        "hidden_size": width,
        "num_attention_heads": heads,
        "num_hidden_layers": layers,
        "patch_size": patch,
        "image_size": 224,
        "projection_dim": projection,
        "intermediate_size": 4 * width,
        "hidden_act": "quick_gelu",
        "layer_norm_eps": 1e-5,
    }


def resnet(stages, width, projection, side):
    return {"stages": stages, "width": width, "heads": width // 2, "projectionWidth": projection, "imageSize": side}


MODELS = {
    "ViT-B/32": vit(768, 12, 12, 32, 512),
    "ViT-B/16": vit(768, 12, 12, 16, 512),
    "ViT-L/14": vit(1024, 16, 24, 14, 768),
    "RN50": resnet([3, 4, 6, 3], 64, 1024, 224),
    "RN101": resnet([3, 4, 23, 3], 64, 512, 224),
    "RN50x4": resnet([4, 6, 10, 6], 80, 640, 288),
    "RN50x16": resnet([6, 8, 18, 8], 96, 768, 384),
    "RN50x64": resnet([3, 15, 36, 10], 128, 1024, 448),
}


# Without these the sums along a deep residual network grow until its attention only looks at one place, and float32
# says little about float64.
SCALES = {"bn3.weight": 0.25, "downsample.1.weight": 0.5}


def build(settings):
    """A model, its tensors under their official names, and its embedding of pixels."""
    if "hidden_size" in settings:
        model = CLIPVisionModelWithProjection(CLIPVisionConfig(**settings, attn_implementation="eager")).eval()
        return model, dict(model.named_parameters()), lambda pixels: model(pixel_values=pixels).image_embeds
    model = ModifiedResNet(
        settings["stages"], settings["projectionWidth"], settings["heads"], settings["imageSize"], settings["width"]
    ).eval()
    return model, stored_tensors(model), model


def run(seed, settings):
    model, tensors, embed = build(settings)
    fill_portable(tensors, seed, SCALES)
    side = settings.get("image_size") or settings["imageSize"]
    pixels = portable_input(f"input/{seed}/pixels", [1, 3, side, side])
    with torch.no_grad():
        single = {f"{seed}/embedding": embed(pixels)}
        model.double()
        double = {f"{seed}/embedding": embed(pixels.double())}
    count = sum(tensor.numel() for tensor in tensors.values())
    return list(pixels.shape), count, single, double


def main():
    cases, arrays = [], {}
    torch.set_num_threads(2)
    for seed, settings in MODELS.items():
        shape, count, single, double = run(seed, settings)
        gc.collect()
        arrays |= single
        noise = float32_noise(single, double)
        print(seed, count, noise, flush=True)
        cases.append(
            {
                "seed": seed,
                "config": settings,
                "pixels": {"name": f"input/{seed}/pixels", "shape": shape},
                "numbers": count,
                "float32Noise": noise,
            }
        )
    write_golden(
        "encoders-full",
        "encoders_full.py",
        "CLIP image encoders at full size: <seed>/embedding [1, C], not normalised",
        "when a model is added",
        {"scales": SCALES, "cases": cases},
        arrays,
    )


if __name__ == "__main__":
    main()
