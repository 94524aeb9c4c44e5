"""Golden films: PNG and JPEG files of every colour model, and what Pillow, numpy and torchvision make of them.

What: writes tests/golden/images/*.png, *.jpg and manifest.json with SHA-256 hashes of the decoded grey levels, the
normalised film, the mask, both fitted to the encoder's view, and the CLIP input tensor (REFERENCE.md 2.1 to 2.3).
Versions: see requirements.txt and the header of the manifest; torchvision besides (`pip install --no-deps`), and Pillow
13 or newer, which resizes tall images in another order than before and opens 16-bit PNG as uint16 (10.3 or newer).
Seed: mulberry32 from the numbers in the manifest, so that noise is made again on the other side.
Regenerate: when a case is added; the hashes must not change with a newer library.
"""

import hashlib
import io
import json
import platform
import struct
import zlib
from pathlib import Path

import numpy
import PIL
import torch
import torchvision
from PIL import Image, ImageCms, features
from torchvision.transforms import CenterCrop, InterpolationMode, Normalize, Resize, ToTensor

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "golden" / "images"
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


# ---------------------------------------------------------------- portable noise


def mulberry32(seed, count):
    """`count` uint32 numbers; the state only counts upwards, so all are computed at once."""
    with numpy.errstate(over="ignore"):
        state = numpy.uint32(seed) + numpy.arange(1, count + 1, dtype=numpy.uint32) * numpy.uint32(0x6D2B79F5)
        t = (state ^ (state >> 15)) * (state | numpy.uint32(1))
        t = t ^ (t + (t ^ (t >> 7)) * (t | numpy.uint32(61)))
        return t ^ (t >> 14)


def noise(seed, width, height, low, levels, dtype):
    """Grey levels low..low+levels-1."""
    values = low + mulberry32(seed, width * height) % numpy.uint32(levels)
    return values.astype(dtype).reshape(height, width)


def relief(seed, width, height, channels, bits):
    """Smooth hills with some grain, [height, width, channels]: compresses well and has many grey levels."""
    y, x = numpy.mgrid[0:height, 0:width]
    planes = []
    for channel in range(channels):
        a, b, c = (mulberry32(seed + channel, 3) % 7 + 2).tolist()
        hills = numpy.sin(x * a / 60 + c) + numpy.cos(y * b / 45) + 2
        grain = noise(seed + channel, width, height, 0, 1000, numpy.float64) / 25000
        planes.append(numpy.clip((hills / 4.2 + grain) * (2**bits - 1), 0, 2**bits - 1))
    return numpy.stack(planes, axis=-1).astype(numpy.uint16)


# ---------------------------------------------------------------- files Pillow cannot write


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def scanlines(pixels, bits):
    """Unfiltered PNG rows of [height, width, channels] levels."""
    rows = []
    for row in pixels.reshape(pixels.shape[0], -1):
        if bits == 16:
            data = row.astype(">u2").tobytes()
        elif bits == 8:
            data = row.astype(numpy.uint8).tobytes()
        else:
            planes = (row[:, None] >> numpy.arange(bits - 1, -1, -1)) & 1
            data = numpy.packbits(planes.astype(numpy.uint8).ravel()).tobytes()
        rows.append(b"\0" + data)
    return b"".join(rows)


ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png(pixels, bits, colour_type, before_data=b"", interlaced=False):
    height, width = pixels.shape[:2]
    if interlaced:
        passes = [pixels[top::down, left::across] for left, top, across, down in ADAM7]
        data = b"".join(scanlines(part, bits) for part in passes if part.size > 0)
    else:
        data = scanlines(pixels, bits)
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, int(interlaced))
    chunks = [chunk(b"IHDR", header), before_data, chunk(b"IDAT", zlib.compress(data, 9)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def gamma(value):
    return chunk(b"gAMA", struct.pack(">I", value))


def bright_profile():
    """An sRGB profile whose tone curves are changed, so that whoever applies it changes the pixels."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = profile.find(b"para")
    profile[at + 12 : at + 16] = struct.pack(">I", 1 << 16)  # exponent 1.0
    profile[24:36] = bytes(12)  # date of creation
    return bytes(profile)


def embedded_profile():
    return chunk(b"iCCP", b"bright\0\0" + zlib.compress(bright_profile()))


def palette(seed, colours):
    return chunk(b"PLTE", (mulberry32(seed, 3 * colours) >> 24).astype(numpy.uint8).tobytes())


def saved(image, file_format, **options):
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def rotated_exif():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def films():
    """Name -> (bytes, colour model). Grey PNG bits 0, colour 2, palette 3, grey and alpha 4, colour and alpha 6."""
    w, h = 61, 47

    def grey(bits, seed=1, size=(w, h), **kwargs):
        return png(relief(seed, *size, 1, bits), bits, 0, **kwargs), "grey"

    def of(channels, bits, colour_type, model, extra=b""):
        return png(relief(channels * 10, w, h, channels, bits), bits, colour_type, extra), model

    def flat(value, bits):
        return png(numpy.full((9, 13, 1), value, numpy.uint16), bits, 0), "grey"

    def spots(size, count, bits, background=0):
        pixels = numpy.full((size[1], size[0], 1), background, numpy.uint16)
        pixels.reshape(-1)[: count * 7 : 7] = 2**bits - 1 - numpy.arange(count)
        return png(pixels, bits, 0), "grey"

    colour = Image.fromarray(relief(50, 300, 180, 3, 8).astype(numpy.uint8))
    inks = Image.merge("CMYK", [Image.fromarray(p) for p in relief(60, w, h, 4, 8).astype(numpy.uint8).transpose(2, 0, 1)])
    grey_jpeg = Image.fromarray(relief(70, 300, 180, 1, 8)[..., 0].astype(numpy.uint8))
    return {
        **{f"grey{bits}.png": grey(bits) for bits in (1, 2, 4, 8, 16)},
        "grey8-gamma.png": grey(8, before_data=gamma(45455)),
        "grey16-gamma.png": grey(16, before_data=gamma(100000)),
        "grey16-interlaced.png": grey(16, interlaced=True),
        "grey8-transparent.png": (grey(8, before_data=chunk(b"tRNS", b"\0\x40"))[0], "grey-alpha"),
        "grey16-transparent.png": (grey(16, before_data=chunk(b"tRNS", b"\x40\0"))[0], "grey-alpha"),
        "grey-alpha8.png": of(2, 8, 4, "grey-alpha"),
        "grey-alpha16.png": of(2, 16, 4, "grey-alpha"),
        "rgb8.png": of(3, 8, 2, "rgb"),
        "rgb8-gamma.png": of(3, 8, 2, "rgb", gamma(100000)),
        "rgb8-profile.png": of(3, 8, 2, "rgb", embedded_profile()),
        "rgb16.png": of(3, 16, 2, "rgb"),
        "rgb16-profile.png": of(3, 16, 2, "rgb", embedded_profile()),
        "rgba8.png": of(4, 8, 6, "rgba"),
        "rgba16.png": of(4, 16, 6, "rgba"),
        **{f"palette{b}.png": (png(relief(1, w, h, 1, b), b, 3, palette(b, 2**b)), "palette") for b in (1, 2, 4, 8)},
        "palette8-transparent.png": (
            png(relief(1, w, h, 1, 8), 8, 3, palette(8, 256) + chunk(b"tRNS", bytes(range(200)))),
            "palette",
        ),
        "grey.jpg": (saved(grey_jpeg, "JPEG", quality=90), "grey"),
        "rgb444.jpg": (saved(colour, "JPEG", quality=95, subsampling=0), "rgb"),
        "rgb420.jpg": (saved(colour, "JPEG", quality=80, subsampling=2), "rgb"),
        "rgb-progressive.jpg": (saved(colour, "JPEG", quality=80, progressive=True), "rgb"),
        "rgb-rotated.jpg": (saved(colour.crop((0, 0, w, h)), "JPEG", exif=rotated_exif()), "rgb"),
        "rgb-profile.jpg": (saved(colour.crop((0, 0, w, h)), "JPEG", icc_profile=bright_profile()), "rgb"),
        "cmyk.jpg": (saved(inks, "JPEG", quality=95), "cmyk"),
        "landscape16.png": (saved(Image.fromarray(relief(80, 300, 180, 1, 16)[..., 0]), "PNG"), "grey"),
        "portrait8.png": grey(8, 81, (181, 301)),
        "wide8.png": grey(8, 82, (1000, 9)),
        "tall16.png": grey(16, 83, (9, 1000)),
        "square224.png": grey(8, 84, (224, 224)),
        "odd225.png": grey(8, 85, (225, 224)),
        "pixel8.png": (png(numpy.full((1, 1, 1), 9, numpy.uint16), 8, 0), "grey"),
        "pixels16.png": (png(numpy.array([[[3], [60000]]], numpy.uint16), 16, 0), "grey"),
        **{f"flat8-{value}.png": flat(value, 8) for value in (0, 1, 2, 77, 255)},
        **{f"flat16-{value}.png": flat(value, 16) for value in (0, 5000)},
        "p99-zero8.png": spots((40, 30), 5, 8),
        "p99-zero16.png": spots((40, 30), 5, 16),
        "one-bright16.png": spots((40, 30), 1, 16, background=300),
        "one-bright8.png": spots((10, 10), 1, 8, background=30),
    }


# ---------------------------------------------------------------- what the reference makes of them


def grey_levels(data):
    """Decoded grey levels: uint16 for 16-bit grey, else uint8. Alpha is dropped, colour goes through convert("L")."""
    image = Image.open(io.BytesIO(data))
    bits, colour_type = data[24], data[25]
    if image.format == "PNG" and bits == 16 and colour_type == 4:
        # Pillow keeps the high byte of these; all 16 bits are in the rows as written above.
        rows = zlib.decompress(data[data.index(b"IDAT") + 4 :])
        rows = numpy.frombuffer(rows, numpy.uint8).reshape(image.height, -1)[:, 1:]
        return numpy.ascontiguousarray(rows).view(">u2")[:, ::2].astype(numpy.uint16)
    if image.mode == "I;16":
        return numpy.array(image)
    if image.mode in ("RGBA", "LA"):
        image = Image.merge("RGB", image.split()[:3]) if image.mode == "RGBA" else image.getchannel(0)
    elif image.mode == "P":
        image = image.convert("RGB")
    return numpy.array(image.convert("L"))


def normalised(levels):
    x = levels.astype(numpy.float32)
    x = (x - x.min()) / (x.max() - x.min() + 1e-8) if levels.dtype == numpy.uint16 else x / 255.0
    p99 = numpy.percentile(x, 99)
    y = numpy.clip(x / (p99 + 1e-8), 0, 1)
    assert y.dtype == numpy.float32
    return (y * 255).astype(numpy.uint8)


def mask(boxes, width, height):
    pixels = numpy.zeros((height, width), numpy.uint8)
    for x1, y1, x2, y2 in boxes:
        left, right = (max(0, min(width, int(round(x * width)))) for x in (x1, x2))
        top, bottom = (max(0, min(height, int(round(y * height)))) for y in (y1, y2))
        if right > left and bottom > top:
            pixels[top:bottom, left:right] = 255
    return pixels


def fitted(grey, fit, side):
    image = Image.fromarray(grey)
    if fit == "crop":
        image = CenterCrop(side)(Resize(side, interpolation=InterpolationMode.BICUBIC)(image))
    elif fit == "stretch":
        image = image.resize((side, side), Image.Resampling.BICUBIC)
    else:
        longer = max(image.size)
        width, height = (max(1, int(side * length / longer)) for length in image.size)
        canvas = Image.new("L", (side, side))
        # From the left of the scaled image to the view, so that a half goes where the centre crop would put it.
        left, top = (-round((length - side) / 2) for length in (width, height))
        canvas.paste(image.resize((width, height), Image.Resampling.BICUBIC), (left, top))
        image = canvas
    return numpy.array(image)


def clip_tensor(grey):
    rgb = Image.fromarray(numpy.stack([grey] * 3, axis=-1))
    return Normalize(MEAN, STD)(ToTensor()(rgb)).numpy()


def digest(array):
    little = array.astype(array.dtype.newbyteorder("<"))
    return hashlib.sha256(numpy.ascontiguousarray(little).tobytes()).hexdigest()


# ---------------------------------------------------------------- cases

BOXES = [
    [[0.1, 0.2, 0.45, 0.63]],
    [[0.05, 0.1, 0.3, 0.9], [0.25, 0.05, 0.95, 0.4], [0.7, 0.8, 0.7, 0.9]],
    [[-0.2, 0.3, 0.5, 1.4], [0.9, 0.9, 0.2, 0.95]],
    [[0.005, 0.025, 0.5, 0.5]],
    [],
]


def film_case(index, name, data, model):
    levels = grey_levels(data)
    height, width = levels.shape
    boxes = BOXES[index % len(BOXES)]
    film, box_mask = normalised(levels), mask(boxes, width, height)
    side = (224, 224, 32, 288, 33)[index % 5]
    views = []
    for fit in ("crop", "pad", "stretch"):
        film_view, mask_view = fitted(film, fit, side), fitted(box_mask, fit, side)
        views.append({"fit": fit, "side": side, "film": digest(film_view), "mask": digest(mask_view)})
        views[-1]["tensor"] = digest(clip_tensor(film_view))
    return {
        "file": name,
        "width": width,
        "height": height,
        "depth": 16 if levels.dtype == numpy.uint16 else 8,
        "colourModel": model,
        "levels": digest(levels),
        "normalised": digest(film),
        "boxes": boxes,
        "mask": digest(box_mask),
        "views": views,
    }


COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
MODELS = {1: "grey", 2: "grey-alpha", 3: "rgb", 4: "rgba"}


def drawn_films():
    """160 films of noise in every number of channels, both depths, and shapes from square to a line: settings and file."""
    for i in range(160):
        seed = 9000 + i
        long, short = (int(draw) for draw in mulberry32(seed, 2) % numpy.uint32(120) + numpy.uint32(40))
        width, height = ((long, long), (short, long + 60), (long + 90, short), (1 + i % 3, 4 * long))[i % 4]
        if i % 8 == 7:
            width, height = height, width
        channels, bits = 1 + (i // 4) % 4, 16 if (i // 16) % 2 else 8
        values = mulberry32(seed, width * height * channels) % numpy.uint32(2**bits)
        data = png(values.astype(numpy.uint16).reshape(height, width, channels), bits, COLOUR_TYPES[channels])
        yield {"seed": seed, "width": width, "height": height, "channels": channels, "bits": bits}, data


def drawn_cases():
    cases = []
    for i, (drawn, data) in enumerate(drawn_films()):
        case = film_case(i, "", data, MODELS[drawn["channels"]])
        digests = [case["levels"], case["normalised"], case["mask"]]
        digests += [view[key] for view in case["views"] for key in ("film", "tensor", "mask")]
        shown = {"boxes": i % len(BOXES), "side": case["views"][0]["side"]}
        cases.append({**drawn, **shown, "all": hashlib.sha256("".join(digests).encode()).hexdigest()})
    return cases


def normalise_cases():
    """Pixel counts with every kind of rank fraction, and contrasts from one level to the full range."""
    cases = []
    for seed in range(1, 49):
        width, height = seed * 5 + seed % 3, 1 + seed * 7 % 23
        bits = 16 if seed % 2 else 8
        levels = min(2**bits, (2, 5, 40, 200, 3000, 65536)[seed % 6])
        low = (2**bits - levels) * (seed % 4) // 3 if seed % 4 < 3 else 2**bits - levels
        pixels = noise(seed, width, height, low, levels, numpy.uint16 if bits == 16 else numpy.uint8)
        case = {"seed": seed, "width": width, "height": height, "depth": bits, "low": low, "levels": levels}
        cases.append({**case, "normalised": digest(normalised(pixels))})
    return cases


def resample_cases():
    sizes = [(1, 1), (2, 3), (7, 5), (16, 16), (61, 47), (100, 9), (9, 100), (224, 131), (300, 180), (513, 257)]
    targets = [(1, 1), (3, 2), (16, 16), (60, 47), (61, 48), (224, 224), (299, 180), (31, 400)]
    pairs = [(size, target) for size in sizes for target in targets]
    # Around the shrinkage from which Pillow 13 changes the height first.
    pairs += [((50, 100), (40, height)) for height in (79, 80, 81)]
    pairs += [((101, 60), (98, height)) for height in (53, 54, 55)]
    cases = []
    for seed, ((width, height), target) in enumerate(pairs, start=100):
        levels = 256 if seed % 2 else 2
        source = noise(seed, width, height, 0, levels, numpy.uint8) * (1 if levels == 256 else 255)
        result = numpy.array(Image.fromarray(source.astype(numpy.uint8)).resize(target, Image.Resampling.BICUBIC))
        case = {"seed": seed, "from": [width, height], "to": list(target), "levels": levels}
        cases.append({**case, "resized": digest(result)})
    return cases


def mask_cases():
    """Edges on halves of a pixel, beyond the borders, reversed and empty."""
    cases = []
    for seed in range(200, 230):
        width, height = 3 + seed % 31, 2 + seed * 5 % 17
        draws = mulberry32(seed, 16).reshape(4, 4).astype(numpy.int64)
        halves = (draws % numpy.array([2 * width + 7, 2 * height + 7] * 2) - 3) / 2
        boxes = (halves / numpy.array([width, height] * 2)).tolist()
        cases.append({"width": width, "height": height, "boxes": boxes, "mask": digest(mask(boxes, width, height))})
    return cases


def crop_cases():
    """Where torchvision's Resize and CenterCrop put the view, read off an image that holds its own coordinates."""
    cases = []
    for seed in range(300, 360):
        width, height = (int(draw % 700) + 1 for draw in mulberry32(seed, 2))
        side = (224, 288, 7, 33)[seed % 4]
        scaled = Resize(side, interpolation=InterpolationMode.NEAREST)(Image.new("L", (width, height))).size
        y, x = numpy.mgrid[0 : scaled[1], 0 : scaled[0]]
        corner = CenterCrop(side)(Image.fromarray((y * 65536 + x).astype(numpy.int32))).getpixel((0, 0))
        place = {"scaled": list(scaled), "left": corner % 65536, "top": corner // 65536}
        cases.append({"film": [width, height], "side": side, **place})
    return cases


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    cases = []
    for index, (name, (data, model)) in enumerate(films().items()):
        (FOLDER / name).write_bytes(data)
        cases.append(film_case(index, name, data, model))
    header = {
        "what": "SHA-256 of little-endian arrays: grey levels, normalised films, masks, encoder views, CLIP tensors",
        "script": "oracle/images.py",
        "versions": {
            "python": platform.python_version(),
            "pillow": PIL.__version__,
            "libjpeg-turbo": features.version("libjpeg_turbo"),
            "numpy": numpy.__version__,
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
        },
        "seed": "mulberry32 from the seeds in the cases",
        "regenerate": "when a case is added; the hashes must not change with a newer library",
    }
    all_levels = numpy.arange(256, dtype=numpy.uint8).reshape(16, 16)
    lists = {
        "boxes": BOXES,
        "films": cases,
        "drawn": drawn_cases(),
        "normalise": normalise_cases(),
        "resample": resample_cases(),
        "masks": mask_cases(),
        "crops": crop_cases(),
    }
    parts = ['"header": ' + json.dumps(header, indent=1), f'"clipTensorOfAllLevels": "{digest(clip_tensor(all_levels))}"']
    for key, items in lists.items():
        rows = ",\n".join(json.dumps(item) for item in items)
        parts.append(f'"{key}": [\n{rows}\n]')
    (FOLDER / "manifest.json").write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
