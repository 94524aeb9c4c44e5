"""Golden files of the whole way from a film to its embedding (REFERENCE.md sections 2.1 to 2.4).

What: all films of images.py through Pillow, numpy, torchvision and transformers' CLIP ViT-B/32 at full size, and the masks
of those that are files: embeddings of length 1.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights.
Regenerate: when images.py gets another film. Takes a minute.
"""

import torch

import images
from encoders_full import MODELS, build
from golden_files import write_golden
from reference_models import fill_portable

SEED = "ViT-B/32"
SIDE = 224


def unit_embeddings(embed, views):
    pixels = torch.stack([torch.from_numpy(images.clip_tensor(view)) for view in views])
    with torch.no_grad():
        rows = torch.cat([embed(part) for part in pixels.split(16)])
    return rows / rows.norm(dim=-1, keepdim=True)


def main():
    torch.set_num_threads(2)
    model, tensors, embed = build(MODELS[SEED])
    fill_portable(tensors, SEED)
    files = list(images.films().items())
    levels = [images.grey_levels(data) for _, (data, _) in files]
    drawn = [images.grey_levels(data) for _, data in images.drawn_films()]
    films = [images.fitted(images.normalised(film), "crop", SIDE) for film in levels + drawn]
    masks = [
        images.fitted(images.mask(images.BOXES[i % len(images.BOXES)], *film.shape[::-1]), "crop", SIDE)
        for i, film in enumerate(levels)
    ]
    write_golden(
        "embeddings",
        "embeddings.py",
        "films [n, 512]: first the files, then the drawn films of images/; masks [m, 512] of the files",
        "when images.py gets another film",
        {"seed": SEED, "config": MODELS[SEED], "files": [name for name, _ in files], "drawn": len(drawn)},
        {"films": unit_embeddings(embed, films), "masks": unit_embeddings(embed, masks)},
    )


if __name__ == "__main__":
    main()
