"""Golden files of generation (REFERENCE.md section 4).

What: the reference's beam search on tiny GPT-2s, 200 cases over beams, lengths, stop tokens and temperatures, and its
top-p, which is greedy. A case with a near tie is dropped and drawn again under another name, so that float32 noise
cannot change any decision.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and prefixes.
Regenerate: when a case is added; the tokens must not change with a newer library.
"""

import itertools
import math

import torch

from golden_files import write_golden
from reference_models import build_gpt2, fill_portable, gpt2_parameters, portable_input, shapes_of

PREFIX = 4
MARGIN = 1e-4
# Powers of two, so that scaled weights are exact in float32. Louder positions and blocks keep the tied output layer
# from repeating its input, a louder ln_f makes the distributions peaked.
SCALES = {"wpe.weight": 4, "c_attn.weight": 2, "c_proj.weight": 4, "ln_f.weight": 4}


def config(width, heads, layers, vocabulary):
    sizes = {"n_embd": width, "n_head": heads, "n_layer": layers, "vocab_size": vocabulary, "n_positions": 48}
    return {**sizes, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5}


MODELS = {"beam-a": config(32, 4, 2, 97), "beam-b": config(32, 2, 3, 97), "beam-c": config(16, 2, 1, 29)}


class Decoder:
    def __init__(self, seed, dtype=torch.float32):
        self.seed, self.config, self.dtype = seed, MODELS[seed], dtype
        self.model = build_gpt2(self.config)
        self.parameters = gpt2_parameters(self.model)
        fill_portable(self.parameters, seed, SCALES)
        self.model.to(dtype)

    def prefix(self, name):
        return portable_input(f"input/{name}/prefix", [PREFIX, self.config["n_embd"]]).to(self.dtype)

    def next_logits(self, prefix, tokens):
        """Logits [K, V] after the prefix [P, E] and K token rows of equal length [K, t]."""
        embedded = self.model.transformer.wte(tokens)
        rows = torch.cat([prefix.expand(len(tokens), -1, -1), embedded], dim=1)
        return self.model(inputs_embeds=rows).logits[:, -1]


class NearTie(Exception):
    """Two candidates of a decision are closer than the margin asked for."""


class Margins:
    """The smallest gap between neighbours in any ranking that decided something."""

    def __init__(self, least=0.0):
        self.least, self.smallest = least, math.inf

    def see(self, values, count):
        """values: all candidates; the order of the best `count` and the gap to the one after them matter."""
        ranked = values.topk(min(count + 1, len(values))).values
        ranked = ranked[ranked.isfinite()]
        if len(ranked) > 1:
            self.smallest = min(self.smallest, (ranked[:-1] - ranked[1:]).min().item())
        if self.smallest < self.least:
            raise NearTie


@torch.no_grad()
def beam_search(decoder, prefix, beam, max_tokens, stop, temperature, make_margins=Margins, watch=None):
    """Beams best first, each (tokens cut at their length, length, length-averaged score); and the smallest margin.

    watch: called with every decision: the averages of all candidates, the chosen ones best first, the vocabulary's size.
    """
    margins = make_margins()
    divisor = temperature if temperature > 0 else 1.0
    tokens = torch.empty(1, 0, dtype=torch.long)
    scores, lengths, ended = torch.zeros(1), torch.zeros(1), torch.zeros(1, dtype=torch.bool)
    for _ in range(max_tokens):
        step = (decoder.next_logits(prefix, tokens) / divisor).log_softmax(-1)  # [K, V]
        step[ended] = -math.inf
        step[ended, 0] = 0.0
        lengths = lengths + (~ended).float()
        averages = ((scores[:, None] + step) / lengths[:, None]).flatten()
        margins.see(averages, beam)
        best, chosen = averages.topk(beam)
        if watch is not None:
            watch(averages, chosen, step.shape[1])
        source, token = chosen // step.shape[1], chosen % step.shape[1]
        tokens = torch.cat([tokens[source], token[:, None]], dim=1)
        lengths = lengths[source]
        scores = best * lengths
        ended = ended[source] | (token == stop)
        if ended.all():
            break
    averages = scores / lengths
    margins.see(averages, beam)
    beams = [
        {"tokens": tokens[i, : int(lengths[i])].tolist(), "length": int(lengths[i]), "score": averages[i].item()}
        for i in averages.argsort(descending=True).tolist()
    ]
    return beams, margins.smallest


@torch.no_grad()
def top_p(decoder, prefix, max_tokens, stop, temperature, p):
    """Cuts the tail beyond the cumulative probability p, keeps the first token above it, then takes the argmax."""
    margins = clear()
    divisor = temperature if temperature > 0 else 1.0
    tokens = torch.empty(1, 0, dtype=torch.long)
    for _ in range(max_tokens):
        logits = decoder.next_logits(prefix, tokens) / divisor
        ranked, order = logits.sort(descending=True)
        beyond = ranked.softmax(-1).cumsum(-1) > p
        beyond = torch.cat([torch.zeros_like(beyond[:, :1]), beyond[:, :-1]], dim=-1)
        kept = logits.masked_fill(torch.zeros_like(beyond).scatter(1, order, beyond), -math.inf)
        margins.see(logits[0], 1)
        token = kept.argmax(-1, keepdim=True)
        tokens = torch.cat([tokens, token], dim=1)
        if token.item() == stop:
            break
    return tokens[0].tolist(), margins.smallest


def stop_token(kind, say, max_tokens, vocabulary):
    """A stop token that ends a search early, halfway or late: the last new token of the text `say` gives up to there.

    The last id of the vocabulary, which most texts lack, when the kind is "rare" or the text has no such token.
    """
    if kind != "rare":
        horizon = {"early": max_tokens // 5, "half": max_tokens // 2, "late": 3 * max_tokens // 4}[kind] + 1
        text = say(min(horizon, max_tokens))
        for i in reversed(range(len(text))):
            if text[i] != 0 and text[i] not in text[:i]:
                return text[i]
    return vocabulary - 1


def clear():
    """Margins that refuse near ties."""
    return Margins(MARGIN)


def drawn_until_clear(name, draw):
    """The first of <name>, <name>-1, <name>-2, … whose decisions are all wider than MARGIN."""
    for attempt in itertools.count():
        try:
            return draw(name if attempt == 0 else f"{name}-{attempt}")
        except NearTie:
            continue


def beam_case(decoder, beam, max_tokens, kind, temperature):
    def draw(name):
        prefix = decoder.prefix(name)

        def say(count):
            return beam_search(decoder, prefix, beam, count, -1, temperature, clear)[0][0]["tokens"]

        stop = stop_token(kind, say, max_tokens, decoder.config["vocab_size"])
        beams, margin = beam_search(decoder, prefix, beam, max_tokens, stop, temperature, clear)
        settings = {"beam": beam, "maxTokens": max_tokens, "stop": stop, "temperature": temperature}
        return {"name": name, "model": decoder.seed, **settings, "margin": margin, "beams": beams}

    return draw


def top_p_case(decoder, max_tokens, kind, temperature, p):
    def draw(name):
        prefix = decoder.prefix(name)

        def say(count):
            return top_p(decoder, prefix, count, -1, temperature, p)[0]

        stop = stop_token(kind, say, max_tokens, decoder.config["vocab_size"])
        tokens, margin = top_p(decoder, prefix, max_tokens, stop, temperature, p)
        settings = {"maxTokens": max_tokens, "stop": stop, "temperature": temperature, "p": p}
        return {"name": name, "model": decoder.seed, **settings, "margin": margin, "tokens": tokens}

    return draw


KINDS = ["early", "half", "late", "rare"]


def beam_settings():
    """200 settings: every beam with every length and kind of stop, then temperatures other than 1."""
    grid = list(itertools.product([1, 3, 5, 10], [1, 15, 40], KINDS))
    plain = [(*setting, 1.0) for setting in [*grid, *grid, *grid]]
    other = [(beam, 15, kind, t) for beam in [1, 3, 5, 10] for kind in KINDS[:3] for t in [0.7, 0.7, 0.0, -1.0]]
    return plain + other + [(5, 15, kind, 1.0) for kind in KINDS] + [(5, 15, kind, 0.7) for kind in KINDS]


def score_noise(cases, decoders):
    """Runs every case again in float64: the tokens must be the same. Returns the largest difference of a score."""
    largest = 0.0
    for case in cases:
        decoder = decoders[case["model"]]
        settings = (case["beam"], case["maxTokens"], case["stop"], case["temperature"])
        beams, _ = beam_search(decoder, decoder.prefix(case["name"]), *settings)
        assert [beam["tokens"] for beam in beams] == [beam["tokens"] for beam in case["beams"]], case["name"]
        largest = max(largest, *(abs(a["score"] - b["score"]) for a, b in zip(beams, case["beams"])))
    return float(f"{largest:.3g}")


def main():
    decoders = [Decoder(seed) for seed in MODELS]
    settings = beam_settings()
    assert len(settings) == 200
    cases = [
        # The second term gives a repeated setting another model.
        drawn_until_clear(f"beam/{i}", beam_case(decoders[(i + i // 48) % len(decoders)], *setting))
        for i, setting in enumerate(settings)
    ]
    greedy = [
        drawn_until_clear(f"top-p/{i}", top_p_case(decoders[i % len(decoders)], *setting))
        for i, setting in enumerate(itertools.product([1, 15, 40], KINDS, [1.0, 0.7, 0.0], [0.8, 0.05]))
    ]
    models = [
        {"seed": decoder.seed, "config": decoder.config, "parameters": shapes_of(decoder.parameters)}
        for decoder in decoders
    ]
    noise = score_noise(cases, {seed: Decoder(seed, torch.float64) for seed in MODELS})
    write_golden(
        "beam-search",
        "beam_search.py",
        "Beams best first, tokens cut at their length, score = length-averaged log-probability; top-p tokens",
        "when a case is added",
        {
            "prefix": f"input/<name>/prefix, shape [{PREFIX}, n_embd]",
            "prefixLength": PREFIX,
            "scales": SCALES,
            "smallestMargin": MARGIN,
            "scoreNoise": noise,
            "models": models,
            "cases": cases,
            "topP": greedy,
        },
        {},
    )


if __name__ == "__main__":
    main()
