"""The Python side of bench/model-metrics.mjs: bert_score, CheXbert in PyTorch and transformers, the radgraph package.

Reads the weights that the benchmark wrote, then answers one question a line: metric and pairs in, seconds and numbers
out. Versions: oracle/requirements.txt.
"""

import contextlib
import io
import json
import os
import sys
import time
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file
from transformers import BertConfig, BertModel, BertTokenizerFast, PreTrainedTokenizerBase

import bert_score
import bert_score.scorer
import radgraph
from radgraph.dygie.models import dygie

folder = Path(sys.argv[1])
answers = os.fdopen(os.dup(1), "w")
sys.stdout = sys.stderr  # the packages print
torch.set_num_threads(len(os.sched_getaffinity(0)))
transformers.logging.set_verbosity_error()

# The packages were written for transformers 4: these two are what became of its tokenizers' methods.
PreTrainedTokenizerBase.encode_plus = PreTrainedTokenizerBase.__call__
PreTrainedTokenizerBase.build_inputs_with_special_tokens = lambda self, ids: [self.cls_token_id, *ids, self.sep_token_id]


def prepared(name):
    """Weights, and a folder with a tokenizer that from_pretrained reads."""
    weights = load_file(folder / name / "model.safetensors")
    BertTokenizerFast(str(folder / name / "vocab.txt"), model_max_length=512).save_pretrained(folder / name)
    return weights


def bertscore():
    prepared("distilbert")
    scorer = bert_score.scorer.BERTScorer(model_type=str(folder / "distilbert"), num_layers=5, device="cpu")

    def measure(pairs):
        _, _, f1 = scorer.score([p["hypothesis"] for p in pairs], [p["references"][0] for p in pairs])
        return f1.tolist()

    return measure


class Chexbert(torch.nn.Module):
    def __init__(self, config):
        super().__init__()
        self.bert = BertModel(config, add_pooling_layer=False)
        self.linear_heads = torch.nn.ModuleList(torch.nn.Linear(config.hidden_size, 4 if i < 13 else 2) for i in range(14))


def chexbert():
    """Batches of 64 texts alike in length: faster than the packages, which read one text at a time."""
    weights = prepared("chexbert")
    tokenizer = BertTokenizerFast(str(folder / "chexbert" / "vocab.txt"))
    model = Chexbert(BertConfig.from_pretrained(folder / "chexbert")).eval()
    model.load_state_dict(weights)

    @torch.no_grad()
    def measure(pairs):
        texts = [text for p in pairs for text in (p["hypothesis"], p["references"][0])]
        order = sorted(range(len(texts)), key=lambda i: len(texts[i].split()))
        classes = [None] * len(texts)
        for start in range(0, len(order), 64):
            members = order[start : start + 64]
            batch = tokenizer([texts[i] for i in members], padding=True, truncation=True, max_length=512, return_tensors="pt")
            states = model.bert(batch["input_ids"], attention_mask=batch["attention_mask"]).last_hidden_state[:, 0]
            labels = torch.stack([head(states).argmax(-1) for head in model.linear_heads], 1).tolist()
            for i, row in zip(members, labels):
                classes[i] = row
        return [label for row in classes for label in row]

    return measure


def f1radgraph():
    """The package reads one report at a time, whatever batch size it is given."""
    sizes = json.loads((folder / "radgraph.json").read_text())
    kind, encoder = sizes["type"], str(folder / "chexbert")
    bert = {"type": "pretrained_transformer_mismatched", "max_length": sizes["maxLength"], "model_name": encoder}
    config = {
        "dataset_reader": {"type": "dygie", "max_span_width": sizes["maxSpanWidth"], "token_indexers": {"bert": bert}},
        "model": {
            "type": "dygie",
            "embedder": {"token_embedders": {"bert": bert}},
            "feature_size": sizes["featureSize"],
            "feedforward_params": {"dropout": 0.4, "hidden_dims": sizes["hiddenSizes"][0], "num_layers": 2},
            "initializer": {},
            "loss_weights": {"coref": 0, "events": 0, "ner": 0.2, "relation": 1},
            "max_span_width": sizes["maxSpanWidth"],
            "module_initializer": {},
            "modules": {
                "coref": {"coref_prop": 0, "max_antecedents": 100, "spans_per_word": 0.3},
                "events": {
                    "argument_spans_per_word": 0.8,
                    "loss_weights": {"arguments": 1, "trigger": 0.2},
                    "trigger_spans_per_word": 0.3,
                },
                "ner": {},
                "relation": {"spans_per_word": sizes["spansPerWord"]},
            },
            "target_task": "relation",
        },
    }
    content = folder / "archives" / kind
    (content / "vocabulary").mkdir(parents=True)
    (content / "config.json").write_text(json.dumps(config))
    (content / "vocabulary" / "non_padded_namespaces.txt").write_text("*tags\n*labels\n")
    labels = {"ner": ["", *sizes["entityLabels"]], "relation": sizes["relationLabels"]}
    for part, lines in labels.items():
        (content / "vocabulary" / f"{kind}__{part}_labels.txt").write_text("".join(f"{line}\n" for line in lines))
    saved = load_file(folder / "radgraph" / "model.safetensors")
    for name, tensor in load_file(folder / "chexbert" / "model.safetensors").items():
        if name.startswith("bert."):
            saved[sizes["encoderPrefix"] + name[len("bert.") :]] = tensor
    loading = dygie.DyGIE.load_state_dict

    def load(self, _, strict=True):
        state = self.state_dict()
        unused = ("_coref.", "_events.", "pooler", "position_ids")  # weighted 0 in these models, or asked by nothing
        missing = [key for key in state if key not in saved and not any(part in key for part in unused)]
        if missing or not set(saved) <= set(state):
            raise SystemExit(f"missing {missing}, surplus {set(saved) - set(state)}")
        return loading(self, {**state, **{key: saved[key] for key in state if key in saved}}, strict=strict)

    dygie.DyGIE.load_state_dict = load
    radgraph.radgraph.torch.load, torch_load = lambda *_, **__: {}, torch.load
    try:
        scorer = radgraph.F1RadGraph("all", model_type=kind, model_cache_dir=str(folder / "archives"), cuda=-1)
    finally:
        dygie.DyGIE.load_state_dict, radgraph.radgraph.torch.load = loading, torch_load

    @torch.no_grad()
    def measure(pairs):
        _, lists, _, _ = scorer(hyps=[p["hypothesis"] for p in pairs], refs=[p["references"][0] for p in pairs])
        return [float(value) for values in lists for value in values]

    return measure


def main():
    makers = {"BERTScore": bertscore, "F1CheXbert": chexbert, "F1RadGraph": f1radgraph}
    made = {}

    def say(message):
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    say({"torch": torch.__version__, "transformers": transformers.__version__, "threads": torch.get_num_threads()})
    for line in sys.stdin:
        question = json.loads(line)
        metric = question["metric"]
        if metric not in made:
            made[metric] = makers[metric]()
        start = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            values = made[metric](question["pairs"])
        say({"seconds": time.perf_counter() - start, "values": values})


main()
