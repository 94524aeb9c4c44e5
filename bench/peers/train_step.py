"""The PyTorch side of bench/train-step.mjs: one step on the product's weights and batches.

as-written: the algorithm of the public code. Texts are padded to the longest of the set, the output layer runs on all
positions, the prefix's too, and the frozen decoder's weights get gradients that nobody uses.
careful: what a good engineer writes in plain PyTorch. Texts are trimmed to their batch's longest, the output layer runs
where there is a target, the decoder is frozen, the optimiser is PyTorch's fused one.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

from captioner import Model

variant, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
LONGEST = 67


def say(message):
    print(json.dumps(message), flush=True)


def padded(batch, length):
    tokens = torch.zeros(len(batch), length, dtype=torch.long)
    for row, (_, ids) in enumerate(batch):
        tokens[row, : len(ids)] = ids
    return tokens


def as_written(model, batch):
    tokens = padded(batch, LONGEST)
    prefix = model.mapper(torch.stack([visual for visual, _ in batch]))
    embeds = torch.cat([prefix, model.embed(tokens)], 1)
    logits = model.logits(model.hidden(embeds))
    asked = logits[:, prefix.shape[1] - 1 : -1]
    return F.cross_entropy(asked.flatten(0, 1), tokens.flatten(), ignore_index=0)


def careful(model, batch):
    lengths = torch.tensor([len(ids) for _, ids in batch])
    tokens = padded(batch, int(lengths.max()))
    prefix = model.mapper(torch.stack([visual for visual, _ in batch]))
    embeds = torch.cat([prefix, model.embed(tokens[:, :-1])], 1)
    hidden = model.hidden(embeds)[:, prefix.shape[1] - 1 :]
    real = torch.arange(tokens.shape[1])[None] < lengths[:, None]
    return F.cross_entropy(model.logits(hidden[real]), tokens[real])


def main():
    say({"torch": torch.__version__, "python": sys.version.split()[0]})
    question = json.loads(sys.stdin.readline())
    model = Model(question["weights"], question["mapper"], question["decoder"])
    trained = [name for name in model.weights if name.startswith("clip_project.")]
    for name, tensor in model.weights.items():
        tensor.requires_grad_(variant == "as-written" or name in trained)
    batches = [
        [(torch.tensor(row["visual"]), torch.tensor(row["tokens"])) for row in batch] for batch in question["batches"]
    ]
    optimizer = torch.optim.AdamW(
        [model.weights[name] for name in trained],
        lr=question["learningRate"], eps=question["epsilon"], weight_decay=0, fused=variant == "careful",
    )  # fmt: skip
    loss_of = as_written if variant == "as-written" else careful
    say({"ready": True})
    for line in sys.stdin:
        batch = batches[json.loads(line)["step"]]
        start = time.perf_counter()
        for tensor in model.weights.values():
            tensor.grad = None
        loss = loss_of(model, batch)
        loss.backward()
        optimizer.step()
        say({"seconds": time.perf_counter() - start, "loss": loss.item()})


main()
