"""Numbers from names: the weights and inputs that golden files leave out, made alike here and in the tests.

What: FNV-1a (32 bits, UTF-8) of a name seeds mulberry32; each draw u in [0, 1) gives v = 2u - 1.
Versions: see requirements.txt. Seed: the name.
Regenerate: never on its own; it is imported by the other scripts. A change here changes every golden file.
"""

import math

import numpy


def fnv1a(text):
    """FNV-1a, 32 bits, of the UTF-8 text."""
    value = 0x811C9DC5
    for byte in text.encode("utf-8"):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


# Draws that are computed at once: the steps in between take several times the memory of their result.
CHUNK = 2**24


def mulberry32(seed, count, start=0):
    """`count` draws from number `start` on, as uint32; the state only counts upwards, so all are computed at once."""
    with numpy.errstate(over="ignore"):
        counts = numpy.arange(start + 1, start + count + 1, dtype=numpy.uint32)
        state = numpy.uint32(seed) + counts * numpy.uint32(0x6D2B79F5)
        t = (state ^ (state >> 15)) * (state | numpy.uint32(1))
        t = t ^ (t + (t ^ (t >> 7)) * (t | numpy.uint32(61)))
        return t ^ (t >> 14)


def _filled(name, count, change=lambda values: values):
    """float32 of changed float64 draws in [-1, 1), rounded once."""
    seed, filled = fnv1a(name), numpy.empty(count, dtype=numpy.float32)
    for start in range(0, count, CHUNK):
        draws = mulberry32(seed, min(CHUNK, count - start), start).astype(numpy.float64) / 2**31 - 1
        filled[start : start + CHUNK] = change(draws)
    return filled


def portable_values(name, count):
    """`count` float32 values in [-1, 1): float64 draws, rounded once."""
    return _filled(name, count)


def portable_tensor(name, shape):
    """A float32 array of a size a trained model could have, by what the name says it is; rounded once."""
    if name.endswith("running_var"):
        centre, factor = 1, 0.5
    elif name.endswith(".weight") and any(part in name for part in ("norm", "ln_")):
        centre, factor = 1, 0.1
    elif name.endswith("bias"):
        centre, factor = 0, 0.1
    elif any(part in name for part in ("embedding", "wte", "wpe", "prefix_const")):
        centre, factor = 0, 0.5
    else:
        centre, factor = 0, math.sqrt(3 / math.prod(shape[1:]))
    return _filled(name, math.prod(shape), lambda values: centre + factor * values).reshape(shape)
