"""Golden files of generation where rounding may decide (REFERENCE.md section 4): 40 near ties and 24 searches of ties.

What: beam searches on tiny GPT-2s, with the candidates of every decision. Near ties are the 40 closest of 1,200 searches.
In the other 24 half of the vocabulary is there twice: twins have the same embedding, so every decision between them
is an exact tie, and searches that choose differently still say the same up to twins.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and prefixes.
Regenerate: when a case is added; a newer library may settle ties in another way.
"""

import itertools

import torch

import beam_search
from beam_search import KINDS, MODELS, Decoder, Margins, NearTie, drawn_until_clear, stop_token
from golden_files import write_golden
from reference_models import shapes_of

NEAR_TIES, DRAWN = 40, 1200
# Candidates this far below the last one chosen are kept; what is called a tie is ten times closer.
REACH = 1e-3
# Twins whose scores differ by more than this were not the same to the reference.
SAME = 1e-6


class Decisions:
    """Of every step the chosen candidates and those just below them, as [beam, token, average]; beams are the step's before."""

    def __init__(self):
        self.steps = []

    def __call__(self, averages, chosen, vocabulary):
        near = set((averages >= averages[chosen[-1]] - REACH).nonzero().flatten().tolist()) - set(chosen.tolist())
        rows = [*chosen.tolist(), *sorted(near)]
        self.steps.append([[i // vocabulary, i % vocabulary, float(f"{averages[i].item():.8g}")] for i in rows])


class TwinMargins(Margins):
    """Gaps between twins do not count. At most 2K candidates are the same up to twins, so 3K + 2 show the gap behind them."""

    def see(self, values, count):
        ranked = values.topk(min(3 * count + 2, len(values))).values
        gaps = ranked[:-1] - ranked[1:]
        gaps = gaps[(gaps > SAME) & gaps.isfinite()]
        self.smallest = min([self.smallest, *gaps.tolist()])
        if self.smallest < self.least:
            raise NearTie


def search(decoder, name, beam, max_tokens, kind, margins=Margins):
    prefix = decoder.prefix(name)

    def run(count, stop, watch=None):
        return beam_search.beam_search(decoder, prefix, beam, count, stop, 1.0, margins, watch)

    def say(count):
        return run(count, -1)[0][0]["tokens"]

    stop = stop_token(kind, say, max_tokens, decoder.config["vocab_size"])
    decisions = Decisions()
    beams, margin = run(max_tokens, stop, decisions)
    settings = {"beam": beam, "maxTokens": max_tokens, "stop": stop}
    return {"name": name, "model": decoder.seed, **settings, "margin": margin, "beams": beams, "steps": decisions.steps}


def near_ties(decoders):
    settings = list(itertools.product([3, 5, 10], [15], KINDS))
    cases = []
    for i in range(DRAWN):
        decoder = decoders[i % len(decoders)]
        cases.append(search(decoder, f"near-tie/{i}", *settings[i // len(decoders) % len(settings)]))
    chosen = sorted(cases, key=lambda case: case["margin"])[:NEAR_TIES]
    assert chosen[-1]["margin"] < 1e-4
    return chosen


def twins_of(decoder):
    """Pairs of ids; every second id of the lower half has its twin in the upper half."""
    half = decoder.config["vocab_size"] // 2
    return [[i, i + half] for i in range(2, half - 1, 2)]


def twinned(seed):
    decoder = Decoder(seed)
    twins = twins_of(decoder)
    with torch.no_grad():
        for first, second in twins:
            decoder.model.transformer.wte.weight[second] = decoder.model.transformer.wte.weight[first]
    return decoder, twins


def exact_ties(decoders):
    cases = []
    for i, setting in enumerate(itertools.product([1, 3, 5, 10], [1, 15], ["half", "late", "rare"])):
        decoder, twins = decoders[i % len(decoders)]

        def draw(name):
            case = search(decoder, name, *setting, margins=lambda: TwinMargins(beam_search.MARGIN))
            # A stop token with a twin would end one of two texts that are the same.
            if case["stop"] in itertools.chain(*twins):
                raise NearTie
            return case

        cases.append(drawn_until_clear(f"tie/{i}", draw))
    return cases


def main():
    decoders = [Decoder(seed) for seed in MODELS]
    near = near_ties(decoders)
    with_twins = [twinned(seed) for seed in MODELS]
    ties = exact_ties(with_twins)
    print("near ties:", near[0]["margin"], "to", near[-1]["margin"])
    models = [
        {"seed": d.seed, "config": d.config, "parameters": shapes_of(d.parameters), "twins": twins}
        for d, twins in with_twins
    ]
    write_golden(
        "beam-search-ties",
        "beam_search_ties.py",
        "beams best first; steps: candidates of every decision, the chosen ones first, as [beam before, token, average]",
        "when a case is added",
        {
            "prefix": f"input/<name>/prefix, shape [{beam_search.PREFIX}, n_embd]",
            "prefixLength": beam_search.PREFIX,
            "scales": beam_search.SCALES,
            "reach": REACH,
            "models": models,
            "near": near,
            "ties": ties,
        },
        {},
    )


if __name__ == "__main__":
    main()
