"""Golden files of BERTScore (METRICS.md section 7).

What: P, R and F1 of bert_score on tiny DistilBERT, BERT and RoBERTa models with the tokenizers of
encoder_tokenizers.py: layers, idf weights, several references, rescaling with the published rows, texts longer than the
encoder has positions, empty texts.
Versions: see requirements.txt (bert_score 0.3.13) and the header of the manifest. Seed: none, portable weights.
Regenerate: when a case is added; the numbers must not change with a newer library.
"""

import tempfile
import warnings
from pathlib import Path

import torch
from bert_score import score
from transformers import (
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    PreTrainedTokenizerBase,
    RobertaConfig,
    RobertaModel,
    RobertaTokenizer,
)

import bert_score
from encoder_tokenizers import VOCABULARY, bert, roberta
from golden_files import write_golden
from reference_models import fill_portable, shapes_of

HYPOTHESES = [
    "No small left pleural effusion.",
    "Stable cardiomegaly.",
    "",
    "Mild pulmonary edema.",
    "Clear lungs and normal heart and no pleural effusion and no pneumothorax and no opacity is seen and the tube is in place",
    "Bilateral pleural effusions.",
    "no",
    "Fracture of the rib ; heart normal",
    "Stable cardiomegaly.",
]
REFERENCES = [
    "Small left pleural effusion is seen.",
    "Stable cardiomegaly.",
    "No pneumothorax.",
    "",
    "Normal heart and lungs.",
    "There are bilateral pleural effusions with basal atelectasis.",
    "no evidence of small opacities in the right lung, and no evidence of edema, and no evidence of a rib fracture (1.2 cm)",
    "  rib fracture . ",
    "No small left pleural effusion.",
]
SEVERAL = [[reference, REFERENCES[(i + 1) % len(REFERENCES)]][: 1 + i % 2] for i, reference in enumerate(REFERENCES)]

MODELS = {
    "bertscore-distilbert": (
        DistilBertModel,
        DistilBertConfig(vocab_size=64, dim=32, n_heads=4, hidden_dim=48, n_layers=6, max_position_embeddings=20),
    ),
    "bertscore-bert": (
        BertModel,
        BertConfig(
            vocab_size=64,
            hidden_size=24,
            num_hidden_layers=3,
            num_attention_heads=3,
            intermediate_size=48,
            max_position_embeddings=20,
        ),
    ),
    "bertscore-roberta": (
        RobertaModel,
        RobertaConfig(
            vocab_size=330,
            hidden_size=24,
            num_hidden_layers=3,
            num_attention_heads=3,
            intermediate_size=48,
            max_position_embeddings=42,
            type_vocab_size=1,
            layer_norm_eps=1e-5,
            pad_token_id=1,
            bos_token_id=0,
            eos_token_id=2,
        ),
    ),
}

CASES = [
    {"model": "bertscore-distilbert", "layer": 5, "idf": False, "baseline": "distilbert-base-uncased"},
    {"model": "bertscore-distilbert", "layer": 6, "idf": True, "baseline": None},
    {"model": "bertscore-distilbert", "layer": 2, "idf": False, "baseline": "distilbert-base-uncased", "several": True},
    {"model": "bertscore-bert", "layer": 3, "idf": True, "baseline": "bert-base-uncased"},
    {"model": "bertscore-bert", "layer": 1, "idf": True, "baseline": None, "several": True},
    {"model": "bertscore-roberta", "layer": 2, "idf": False, "baseline": None},
    {"model": "bertscore-roberta", "layer": 3, "idf": True, "baseline": "roberta-base"},
]


def write_model(folder, seed):
    """The model's folder as the hub has it, its length bound written into the tokenizer's files."""
    model_class, config = MODELS[seed]
    model = model_class(config).eval()
    parameters = dict(model.named_parameters())
    fill_portable(parameters, seed)
    model.save_pretrained(folder)
    positions = config.max_position_embeddings - (2 if seed.endswith("roberta") else 0)
    if seed.endswith("roberta"):
        roberta().save_model(str(folder))
        # bert_score asks for a space in front with every call, which transformers 5 no longer hears; said here, it does.
        files = str(folder / "vocab.json"), str(folder / "merges.txt")
        tokenizer = RobertaTokenizer(*files, add_prefix_space=True)
    else:
        tokenizer = bert(folder, VOCABULARY)
    tokenizer.model_max_length = positions
    tokenizer.save_pretrained(folder)
    return {"config": config.to_dict(), "parameters": shapes_of(parameters), "maxLength": positions}


def main():
    # The package was written for transformers 4, whose tokenizers could put the special tokens around a list of ids.
    PreTrainedTokenizerBase.build_inputs_with_special_tokens = lambda self, ids: [
        self.cls_token_id,
        *ids,
        self.sep_token_id,
    ]
    warnings.simplefilter("ignore")
    baselines = Path(bert_score.__file__).parent / "rescale_baseline" / "en"
    models, rows = {}, []
    with tempfile.TemporaryDirectory() as root:
        for seed in MODELS:
            folder = Path(root) / seed
            folder.mkdir()
            models[seed] = write_model(folder, seed)
        for case in CASES:
            references = SEVERAL if case.get("several") else REFERENCES
            precision, recall, f1 = score(
                HYPOTHESES,
                references,
                model_type=str(Path(root) / case["model"]),
                num_layers=case["layer"],
                idf=case["idf"],
                lang="en",
                rescale_with_baseline=case["baseline"] is not None,
                baseline_path=str(baselines / f"{case['baseline']}.tsv"),
                batch_size=4,
                device="cpu",
            )
            values = {"P": precision.tolist(), "R": recall.tolist(), "F1": f1.tolist()}
            rows.append({**case, "references": [[r] if isinstance(r, str) else r for r in references], **values})
    keys = ("model_type", "vocab_size", "max_position_embeddings", "dim", "n_heads", "hidden_dim", "n_layers")
    keys += ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "type_vocab_size")
    keys += ("layer_norm_eps", "pad_token_id")
    for model in models.values():
        model["config"] = {key: model["config"][key] for key in keys if model["config"].get(key) is not None}
    write_golden(
        "bertscore",
        "bertscore.py",
        "precision, recall and F1 of each pair by bert_score, on tiny models with the tokenizers of encoder-tokenizers/",
        "when a case is added",
        {"hypotheses": HYPOTHESES, "models": models, "cases": [{"case": row} for row in rows]},
        {},
    )


if __name__ == "__main__":
    main()
