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


def mulberry32(seed, count):
    """The first `count` draws as uint32; the state only counts upwards, so all are computed at once."""
    with numpy.errstate(over="ignore"):
        state = numpy.uint32(seed) + numpy.arange(1, count + 1, dtype=numpy.uint32) * numpy.uint32(0x6D2B79F5)
        t = (state ^ (state >> 15)) * (state | numpy.uint32(1))
        t = t ^ (t + (t ^ (t >> 7)) * (t | numpy.uint32(61)))
        return t ^ (t >> 14)


def _draws(name, count):
    return mulberry32(fnv1a(name), count).astype(numpy.float64) / 2**31 - 1


def portable_values(name, count):
    """`count` float32 values in [-1, 1): float64 draws, rounded once."""
    return _draws(name, count).astype(numpy.float32)


def portable_tensor(name, shape):
    """A float32 array of a size a trained model could have, by what the name says it is; rounded once."""
    values = _draws(name, math.prod(shape))
    if name.endswith("running_var"):
        values = 1 + 0.5 * values
    elif name.endswith(".weight") and any(part in name for part in ("norm", "ln_")):
        values = 1 + 0.1 * values
    elif name.endswith("bias"):
        values = 0.1 * values
    elif any(part in name for part in ("embedding", "wte", "wpe", "prefix_const")):
        values = 0.5 * values
    else:
        values = values * math.sqrt(3 / math.prod(shape[1:]))
    return values.astype(numpy.float32).reshape(shape)
