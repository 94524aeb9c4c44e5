"""A few elements of large arrays, for golden files of full-size models.

What: `sampled` takes at most COUNT evenly spaced elements of the flat array; the tests take the same ones.
Versions: see requirements.txt. Seed: none.
Regenerate: never on its own; it is imported by the other scripts.
"""

COUNT = 256


def sampled(tensor):
    """Elements 0, k, 2k, … of the flat tensor, with the smallest k that gives at most COUNT."""
    flat = tensor.detach().flatten()
    return flat[:: max(1, -(-flat.numel() // COUNT))].clone()
