"""Golden files of CLIP's pretraining: both towers, the symmetric cross-entropy, and every gradient.

What: CLIPModel of transformers on a tiny configuration, one text for each image, return_loss.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights, pixels and tokens.
Regenerate: when a configuration is added; the numbers must not change with a newer library.
"""

import torch
from transformers import CLIPConfig, CLIPModel

from golden_files import float32_noise, write_golden
from reference_models import fill_portable, portable_input, shapes_of

SEED = "clip-pair"
VISION = {
    "hidden_size": 24,
    "num_attention_heads": 3,
    "num_hidden_layers": 2,
    "patch_size": 8,
    "image_size": 24,
    "intermediate_size": 48,
    "hidden_act": "quick_gelu",
    "layer_norm_eps": 1e-5,
}
TEXT = {
    "hidden_size": 16,
    "num_attention_heads": 2,
    "num_hidden_layers": 2,
    "vocab_size": 20,
    "max_position_embeddings": 12,
    "intermediate_size": 32,
    "hidden_act": "quick_gelu",
    "layer_norm_eps": 1e-5,
    "eos_token_id": 19,
    "bos_token_id": 18,
    "pad_token_id": 0,
}
PROJECTION = 12
LOG_SCALE = 1.5
# Ends with the end of text; what follows is padding.
TOKENS = [[3, 7, 19, 0, 0, 0], [3, 7, 5, 11, 19, 0], [1, 2, 3, 4, 5, 19], [9, 19, 0, 0, 0, 0]]


def run(dtype):
    settings = CLIPConfig(
        text_config={**TEXT, "projection_dim": PROJECTION},
        vision_config={**VISION, "projection_dim": PROJECTION},
        projection_dim=PROJECTION,
        attn_implementation="eager",
    )
    model = CLIPModel(settings).eval()
    parameters = dict(model.named_parameters())
    fill_portable({name: tensor for name, tensor in parameters.items() if name != "logit_scale"}, SEED)
    with torch.no_grad():
        model.logit_scale.fill_(LOG_SCALE)
    model.to(dtype)
    side = VISION["image_size"]
    pixels = portable_input(f"input/{SEED}/pixels", [len(TOKENS), 3, side, side]).to(dtype)
    output = model(input_ids=torch.tensor(TOKENS), pixel_values=pixels, return_loss=True)
    output.loss.backward()
    unused = [name for name, tensor in parameters.items() if tensor.grad is None]
    assert unused == [], unused
    gradients = {f"gradient/{name}": tensor.grad for name, tensor in parameters.items()}
    return shapes_of(parameters), {
        "imageEmbeds": output.image_embeds,
        "textEmbeds": output.text_embeds,
        "loss": output.loss,
        **gradients,
    }


def main():
    parameters, single = run(torch.float32)
    _, double = run(torch.float64)
    side = VISION["image_size"]
    write_golden(
        "clip-contrastive",
        "clip_contrastive.py",
        "CLIP: imageEmbeds and textEmbeds [4, projection], of length 1; the symmetric cross-entropy; gradient/<parameter>",
        "when a configuration is added",
        {
            "seed": SEED,
            "vision": {**VISION, "projection_dim": PROJECTION},
            "text": {**TEXT, "projection_dim": PROJECTION},
            "logScale": LOG_SCALE,
            "tokens": TOKENS,
            "pixels": {"name": f"input/{SEED}/pixels", "shape": [len(TOKENS), 3, side, side]},
            "float32Noise": float32_noise(single, double),
            "parameters": parameters,
        },
        single,
    )


if __name__ == "__main__":
    main()
