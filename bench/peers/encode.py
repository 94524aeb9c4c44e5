"""The PyTorch side of bench/encode.mjs: from film files and boxes to CLIP's vectors.

as-written: each row reads, normalises, fits and encodes its film and its mask, one image at a time.
careful: each distinct film once, read by one worker process while another batch is encoded; masks and films in batches.
"""

import json
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor

import numpy
import torch
from PIL import Image
from transformers import CLIPVisionModelWithProjection

warnings.filterwarnings("ignore")
variant, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
MEAN = numpy.array([0.48145466, 0.4578275, 0.40821073], dtype=numpy.float32)[:, None, None]
DEVIATION = numpy.array([0.26862954, 0.26130258, 0.27577711], dtype=numpy.float32)[:, None, None]
SIDE = 224


def say(message):
    print(json.dumps(message), flush=True)


def normalised(path):
    """A film as 8-bit grey: min-max of 16 bits, brightened to its 99th percentile."""
    x = numpy.asarray(Image.open(path)).astype(numpy.float32)
    x = (x - x.min()) / (x.max() - x.min() + 1e-8)
    x = numpy.clip(x / (numpy.percentile(x, 99) + 1e-8), 0, 1)
    return Image.fromarray((x * 255).astype(numpy.uint8))


def drawn(boxes, width, height):
    mask = numpy.zeros((height, width), dtype=numpy.uint8)
    for x1, y1, x2, y2 in boxes:
        mask[round(y1 * height) : round(y2 * height), round(x1 * width) : round(x2 * width)] = 255
    return Image.fromarray(mask)


def fitted(image):
    """CLIP's transform: shorter side to 224, bicubic, centre crop, three channels, normalised."""
    width, height = image.size
    short = min(width, height)
    size = (SIDE if width == short else int(SIDE * width / height), SIDE if height == short else int(SIDE * height / width))
    image = image.resize(size, Image.Resampling.BICUBIC)
    left, top = round((size[0] - SIDE) / 2), round((size[1] - SIDE) / 2)
    image = image.crop((left, top, left + SIDE, top + SIDE))
    pixels = numpy.asarray(image.convert("RGB")).astype(numpy.float32).transpose(2, 0, 1) / 255
    return (pixels - MEAN) / DEVIATION


def unit(vectors):
    return vectors / vectors.norm(dim=-1, keepdim=True)


def as_written(model, rows):
    images, masks = [], []
    for row in rows:
        film = normalised(row["path"])
        images.append(unit(model(torch.from_numpy(fitted(film))[None]).image_embeds)[0])
        mask = drawn(row["boxes"], *film.size)
        masks.append(unit(model(torch.from_numpy(fitted(mask))[None]).image_embeds)[0])
    return torch.stack(images), torch.stack(masks)


def prepared(job):
    path, box_lists = job
    film = normalised(path)
    return fitted(film), [fitted(drawn(boxes, *film.size)) for boxes in box_lists]


def careful(model, rows, pool, batch_size=16):
    films = {}
    for i, row in enumerate(rows):
        films.setdefault(row["path"], []).append(i)
    jobs = [(path, [rows[i]["boxes"] for i in of]) for path, of in films.items()]
    images, masks = [None] * len(rows), [None] * len(rows)
    waiting = []

    def encode():
        if not waiting:
            return
        vectors = unit(model(torch.from_numpy(numpy.stack([pixels for pixels, _ in waiting]))).image_embeds)
        for vector, (_, keep) in zip(vectors, waiting):
            keep(vector)
        waiting.clear()

    def put(target, places):
        def keep(vector):
            for place in places:
                target[place] = vector
        return keep

    for of, (film, drawn_masks) in zip(films.values(), pool.map(prepared, jobs)):
        waiting.append((film, put(images, of)))
        for i, mask in zip(of, drawn_masks):
            waiting.append((mask, put(masks, [i])))
        if len(waiting) >= batch_size:
            encode()
    encode()
    return torch.stack(images), torch.stack(masks)


def main():
    say({"torch": torch.__version__, "python": sys.version.split()[0]})
    question = json.loads(sys.stdin.readline())
    model = CLIPVisionModelWithProjection.from_pretrained(question["clip"]).eval()
    pool = ProcessPoolExecutor(threads) if variant == "careful" else None
    say({"ready": True})
    with torch.inference_mode():
        for line in sys.stdin:
            start = time.perf_counter()
            images, masks = careful(model, question["rows"], pool) if pool else as_written(model, question["rows"])
            seconds = time.perf_counter() - start
            quiet = "quiet" in json.loads(line)
            say({"seconds": seconds, **({} if quiet else {"image": images.tolist(), "mask": masks.tolist()})})


if __name__ == "__main__":
    main()
