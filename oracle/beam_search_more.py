"""Golden files of generation, more of it (REFERENCE.md section 4): 300 searches of 1, 15 and 67 tokens.

What: as beam_search.py, over longer texts, the public code's default of 67 tokens among them. A case holds its scores and
a hash of the tokens of all its beams: a hundred beams of 67 tokens say no more than that.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and prefixes.
Regenerate: when a case is added; the tokens must not change with a newer library.
"""

import hashlib
import itertools
import json

import beam_search
from beam_search import KINDS, MODELS, Decoder, beam_case, drawn_until_clear
from golden_files import write_golden
from reference_models import shapes_of

# Averages over 67 tokens lie closer together than those over 15; float32 noise is still ten times smaller.
MARGIN = 1e-5


def settings():
    grid = list(itertools.product([1, 3, 5, 10], [1, 15, 67], KINDS))
    return ([(*setting, 1.0) for setting in grid] * 7)[:300]


def hashed(case):
    text = json.dumps([beam["tokens"] for beam in case["beams"]], separators=(",", ":"))
    scores = [float(f"{beam['score']:.7g}") for beam in case["beams"]]
    kept = {key: value for key, value in case.items() if key not in ("beams", "margin", "temperature")}
    return {**kept, "scores": scores, "tokens": hashlib.sha256(text.encode()).hexdigest()}


def main():
    beam_search.MARGIN = MARGIN
    for config in MODELS.values():
        config["n_positions"] = beam_search.PREFIX + 67
    decoders = [Decoder(seed) for seed in MODELS]
    cases = []
    for i, setting in enumerate(settings()):
        decoder = decoders[(i + i // 48) % len(decoders)]
        cases.append(hashed(drawn_until_clear(f"beam-more/{i}", beam_case(decoder, *setting))))
        if i % 20 == 0:
            print(i, cases[-1]["name"], flush=True)
    models = [
        {"seed": decoder.seed, "config": decoder.config, "parameters": shapes_of(decoder.parameters)}
        for decoder in decoders
    ]
    write_golden(
        "beam-search-more",
        "beam_search_more.py",
        "scores of all beams best first, and the hash of their tokens as JSON",
        "when a case is added",
        {
            "prefixLength": beam_search.PREFIX,
            "scales": beam_search.SCALES,
            "smallestMargin": MARGIN,
            "models": models,
            "cases": cases,
        },
        {},
    )


if __name__ == "__main__":
    main()
