"""Golden files of F1RadGraph (METRICS.md section 9).

What: two tiny archives in the layout of the published radgraph.tar.gz (weights in PyTorch's legacy format) and
radgraph-xl.tar.gz (weights as a zip), with the encoder's vocabulary and configuration beside them; what the radgraph
package annotates with them, and its rewards for pairs of reports. The last biases are lowered, so that most spans are
no entities and most pairs no relations, as in a trained model. No decision is closer than MARGIN.
Versions: see requirements.txt (radgraph 0.1.18) and the header of the manifest. Seed: none, portable weights.
Regenerate: when a report or a model is added; the annotations must not change with a newer library.
"""

import contextlib
import gzip
import io
import json
import os
import tarfile
import tempfile
from pathlib import Path

import torch
from transformers import BertConfig, BertModel, PreTrainedTokenizerBase

import radgraph
from encoder_tokenizers import VOCABULARY, bert
from golden_files import GOLDEN, write_golden
from radgraph.dygie.models import dygie
from radgraph.dygie.models.entity_beam_pruner import Pruner
from radgraph.dygie.models.ner import NERTagger
from radgraph.dygie.models.relation import RelationExtractor
from reference_models import fill_portable

MARGIN = 1e-4

REPORTS = [
    "No small left pleural effusion.",
    "Stable cardiomegaly; mild pulmonary edema (1.2 cm), no pneumothorax.",
    "There are bilateral pleural effusions with basal atelectasis and no pneumothorax. Normal heart/lungs. Rib fracture, "
    "tube in place; no evidence of edema is seen in the right lung. Heart normal.",
    "a",
    "Opacity 1.2 cm in the left lung",
    "NORMAL heart",
    "Normal heart and lungs are clear.",
    "Fracture of the rib, no opacities; tube in place",
    "no edema /. heart is normal /? yes",
    "Épanchement, small: 2-1 cm?",
]
PAIRS = [[0, 4], [1, 1], [2, 1], [5, 6], [7, 2], [None, 3], [8, 9], [4, 2], [6, 5]]

ENCODER = {
    "model_type": "bert",
    "vocab_size": 64,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 64,
    "type_vocab_size": 2,
}
XL_LABELS = [
    "Anatomy::definitely present",
    "Observation::definitely present",
    "Observation::definitely absent",
    "Observation::uncertain",
    "Observation::measurement::definitely present",
    "Anatomy::uncertain",
]
MODELS = {
    "radgraph": {
        "encoder": "microsoft/BiomedNLP-PubMedBERT-base-uncased-abstract-fulltext",
        "entities": ["OBS-DP", "ANAT-DP", "OBS-DA", "OBS-U"],
        "max_length": 20,
        "max_span_width": 3,
        "hidden": 8,
        "feature": 4,
        "lower": {"entities": 0.18, "mentions": 0.5},
        "legacy": True,
    },
    "radgraph-xl": {
        "encoder": "microsoft/BiomedVLP-CXR-BERT-general",
        "entities": XL_LABELS,
        "max_length": 48,
        "max_span_width": 8,
        "hidden": 12,
        "feature": 5,
        "lower": {"entities": 0.66, "mentions": -0.6},
        "legacy": False,
    },
}
RELATIONS = ["modify", "located_at", "suggestive_of"]


def settings(model, encoder):
    """config.json as the archives have it."""
    bert_settings = {"type": "pretrained_transformer_mismatched", "max_length": model["max_length"], "model_name": encoder}
    return {
        "dataset_reader": {
            "type": "dygie",
            "max_span_width": model["max_span_width"],
            "token_indexers": {"bert": bert_settings},
        },
        "model": {
            "type": "dygie",
            "embedder": {"token_embedders": {"bert": bert_settings}},
            "feature_size": model["feature"],
            "feedforward_params": {"dropout": 0.4, "hidden_dims": model["hidden"], "num_layers": 2},
            "initializer": {},
            "loss_weights": {"coref": 0, "events": 0, "ner": 0.2, "relation": 1},
            "max_span_width": model["max_span_width"],
            "module_initializer": {},
            "modules": {
                "coref": {"coref_prop": 0, "max_antecedents": 100, "spans_per_word": 0.3},
                "events": {
                    "argument_spans_per_word": 0.8,
                    "loss_weights": {"arguments": 1, "trigger": 0.2},
                    "trigger_spans_per_word": 0.3,
                },
                "ner": {},
                "relation": {"spans_per_word": 0.5},
            },
            "target_task": "relation",
        },
    }


def write_content(folder, name, model, encoder):
    vocabulary = folder / "vocabulary"
    vocabulary.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(settings(model, encoder), indent=2), encoding="utf-8")
    (vocabulary / "non_padded_namespaces.txt").write_text("*tags\n*labels\n", encoding="utf-8")
    labels = {"ner": ["", *model["entities"]], "relation": RELATIONS}
    for kind, lines in labels.items():
        (vocabulary / f"{name}__{kind}_labels.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def lowered(state, name, lower):
    """The last bias of entities and mentions, less something."""
    state[f"_ner._ner_scorers.{name}__ner_labels.1._module.bias"] -= lower["entities"]
    state[f"_relation._mention_pruners.{name}__relation_labels._scorer.1._module.bias"] -= lower["mentions"]


def load_package(root, name):
    """The package's model with portable weights: it takes them the moment it would read the file."""
    model = MODELS[name]
    encoder = Path(root) / "encoder"
    if not encoder.exists():
        BertModel(BertConfig(**ENCODER)).save_pretrained(encoder)
        bert(encoder, VOCABULARY).save_pretrained(encoder)
    content = Path(root) / name
    write_content(content, name, model, str(encoder))
    loading = dygie.DyGIE.load_state_dict

    def load(self, _, strict=True):
        fill_portable(dict(self.named_parameters()), name)
        state = self.state_dict()
        lowered(state, name, model["lower"])
        # Checkpoints of the package's time have no buffer of positions.
        saved = {key: tensor for key, tensor in state.items() if not key.endswith("position_ids")}
        torch.save(saved, content / "weights.th", _use_new_zipfile_serialization=not model["legacy"])
        return loading(self, state, strict=strict)

    dygie.DyGIE.load_state_dict = load
    torch_load, radgraph.radgraph.torch.load = torch.load, lambda *_, **__: {}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return radgraph.F1RadGraph("all", model_type=name, model_cache_dir=str(root), cuda=-1)
    finally:
        dygie.DyGIE.load_state_dict, radgraph.radgraph.torch.load = loading, torch_load


def watch_margins(margins):
    """Notes how far the best score is from the second, at every decision of the package."""

    def gap(scores):
        top = scores.topk(2, dim=-1).values
        margins.append((top[..., 0] - top[..., 1]).min().item())

    def prune(self, embeddings, mask, count):
        kept = max(int(count.max()), 1)
        scores = self._scorer(embeddings).flatten().sort(descending=True).values
        if len(scores) > kept:
            margins.append((scores[kept - 1] - scores[kept]).item())
        return pruning(self, embeddings, mask, count)

    pruning, Pruner.forward = Pruner.forward, prune
    predict_entities, score_relations = NERTagger.predict, RelationExtractor._compute_relation_scores

    def entities(self, ner_scores, *rest):
        gap(ner_scores)
        return predict_entities(self, ner_scores, *rest)

    def relations(self, *args):
        scores = score_relations(self, *args)
        gap(scores)
        return scores

    NERTagger.predict, RelationExtractor._compute_relation_scores = entities, relations


def archive(content, name, public_encoder, target):
    """A tar.gz whose bytes depend on the content only."""
    write_content(content / "public", name, MODELS[name], public_encoder)
    with open(target, "wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as zipped:
        with tarfile.open(fileobj=zipped, mode="w") as tar:
            files = [(path, path.relative_to(content / "public")) for path in sorted((content / "public").rglob("*"))]
            for path, arcname in [*files, (content / "weights.th", "weights.th")]:
                info = tar.gettarinfo(str(path), str(arcname))
                info.mtime = info.uid = info.gid = 0
                info.uname = info.gname = ""
                info.mode = 0o755 if path.is_dir() else 0o644
                with open(path, "rb") if path.is_file() else contextlib.nullcontext() as file:
                    tar.addfile(info, file)


def main():
    # The package was written for transformers 4: these two are what became of its tokenizers' methods.
    PreTrainedTokenizerBase.encode_plus = PreTrainedTokenizerBase.__call__
    PreTrainedTokenizerBase.build_inputs_with_special_tokens = lambda self, ids: [
        self.cls_token_id,
        *ids,
        self.sep_token_id,
    ]
    folder = GOLDEN / "radgraph"
    (folder / "encoder").mkdir(parents=True, exist_ok=True)
    (folder / "encoder" / "config.json").write_text(json.dumps(ENCODER, indent=1) + "\n", encoding="utf-8")
    (folder / "encoder" / "vocab.txt").write_text("".join(f"{p}\n" for p in VOCABULARY), encoding="utf-8")
    margins, models = [], {}
    watch_margins(margins)
    for name, model in MODELS.items():
        with tempfile.TemporaryDirectory() as root:
            scorer = load_package(root, name)
            annotations = list(scorer.radgraph(REPORTS).values())
            hypotheses = ["" if h is None else REPORTS[h] for h, _ in PAIRS]
            means, lists, _, _ = scorer(hyps=hypotheses, refs=[REPORTS[r] for _, r in PAIRS])
            archive(Path(root) / name, name, model["encoder"], folder / f"{name}.tar.gz")
        entities = sum(len(a["entities"]) for a in annotations)
        relations = sum(len(e["relations"]) for a in annotations for e in a["entities"].values())
        words = sum(len(a["text"].split()) for a in annotations)
        print(f"{name}: {words} words, {entities} entities, {relations} relations, smallest margin {min(margins):.2g}")
        if min(margins) < MARGIN:
            raise SystemExit(f"{name}: a decision is closer than {MARGIN}; change a weight or a report")
        rewards = dict(zip(("simple", "partial", "complete"), ({"mean": float(m), "items": l} for m, l in zip(means, lists))))
        models[name] = {"annotations": annotations, "rewards": rewards}
        print(f"tests/golden/radgraph/{name}.tar.gz: {os.path.getsize(folder / f'{name}.tar.gz')} bytes")
    write_golden(
        "radgraph",
        "radgraph_model.py",
        "annotations of reports by the radgraph package with the archives beside this file, and rewards (levels simple, "
        "partial, complete; case rule of 0.1.18) of pairs [hypothesis, reference] of them; null is an empty hypothesis",
        "when a report or a model is added",
        {
            "reports": REPORTS,
            "pairs": PAIRS,
            "models": {
                name: {"rewards": value["rewards"], "annotations": [{"of": a} for a in value["annotations"]]}
                for name, value in models.items()
            },
        },
        {},
    )


if __name__ == "__main__":
    main()
