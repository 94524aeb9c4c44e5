"""The PyTorch side of bench/generate.mjs: beam search by the rules of the public code.

as-written: one sample at a time, the whole sequence of every beam computed anew for each token.
careful: all samples at once, keys and values cached and reordered with the beams, the output layer at the last position.
"""

import json
import sys
import time

import torch

from captioner import Model

variant, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)


def say(message):
    print(json.dumps(message), flush=True)


def as_written(model, prefix, beams, max_tokens, stop):
    """One sample, as the public code goes about it."""
    generated, tokens, scores = prefix.unsqueeze(0), None, None
    lengths = torch.ones(beams)
    stopped = torch.zeros(beams, dtype=torch.bool)
    for _ in range(max_tokens):
        logits = model.logits(model.hidden(generated))[:, -1].log_softmax(-1)
        if scores is None:
            scores, next_tokens = logits.topk(beams, -1)
            generated = generated.expand(beams, *generated.shape[1:])
            next_tokens, scores = next_tokens.permute(1, 0), scores.squeeze(0)
            tokens = next_tokens
        else:
            logits[stopped] = -float("inf")
            logits[stopped, 0] = 0
            sums = scores[:, None] + logits
            lengths[~stopped] += 1
            averages, flat = (sums / lengths[:, None]).view(-1).topk(beams, -1)
            source = torch.div(flat, sums.shape[1], rounding_mode="floor")
            next_tokens = (flat % sums.shape[1]).unsqueeze(1)
            lengths, stopped = lengths[source], stopped[source]
            tokens = torch.cat([tokens[source], next_tokens], 1)
            generated = generated[source]
            scores = averages * lengths
        generated = torch.cat([generated, model.embed(next_tokens.squeeze(-1)).view(len(generated), 1, -1)], 1)
        stopped = stopped | (next_tokens.squeeze(-1) == stop)
        if stopped.all():
            break
    best = (scores / lengths).argmax()
    return tokens[best, : int(lengths[best])].tolist()


def careful(model, prefixes, beams, max_tokens, stop):
    """All samples at once, with a cache; the same decisions."""
    rows = len(prefixes)
    cache = [None] * model.decoder_config["n_layer"]
    logits = model.logits(model.hidden(prefixes, cache=cache)[:, -1]).log_softmax(-1)
    scores, next_tokens = logits.topk(beams, -1)
    cache = [tuple(part.repeat_interleave(beams, 0) for part in layer) for layer in cache]
    tokens = next_tokens[..., None]
    lengths = torch.ones(rows, beams)
    stopped = next_tokens == stop
    offsets = torch.arange(rows)[:, None] * beams
    for step in range(1, max_tokens):
        if stopped.all():
            break
        embeds = model.embed(next_tokens.view(-1, 1))
        hidden = model.hidden(embeds, start=prefixes.shape[1] + step - 1, cache=cache)
        logits = model.logits(hidden[:, -1]).log_softmax(-1).view(rows, beams, -1)
        logits[stopped] = -float("inf")
        logits[..., 0].masked_fill_(stopped, 0)
        sums = scores[..., None] + logits
        lengths = lengths + ~stopped
        averages, flat = (sums / lengths[..., None]).view(rows, -1).topk(beams, -1)
        source = torch.div(flat, sums.shape[-1], rounding_mode="floor")
        next_tokens = flat % sums.shape[-1]
        lengths, stopped = lengths.gather(1, source), stopped.gather(1, source)
        tokens = torch.cat([tokens.gather(1, source[..., None].expand(-1, -1, step)), next_tokens[..., None]], 2)
        moved = (source + offsets).view(-1)
        cache = [tuple(part[moved] for part in layer) for layer in cache]
        scores = averages * lengths
        stopped = stopped | (next_tokens == stop)
    best = (scores / lengths).argmax(1)
    return [tokens[row, best[row], : int(lengths[row, best[row]])].tolist() for row in range(rows)]


def main():
    say({"torch": torch.__version__, "python": sys.version.split()[0]})
    question = json.loads(sys.stdin.readline())
    model = Model(question["weights"], None, question["decoder"])
    width = question["decoder"]["n_embd"]
    prefixes = torch.stack([torch.tensor(row).view(-1, width) for row in question["prefixes"]])
    settings = question["settings"]
    rule = (settings["beams"], settings["maxTokens"], settings["stopId"])
    say({"ready": True})
    with torch.inference_mode():
        for _ in sys.stdin:
            start = time.perf_counter()
            if variant == "careful":
                found = careful(model, prefixes, *rule)
            else:
                found = [as_written(model, prefix, *rule) for prefix in prefixes]
            say({"seconds": time.perf_counter() - start, "tokens": found})


main()
