"""Golden files of BERT's family (METRICS.md sections 6.2 and 6.3).

What: BertModel, DistilBertModel and RobertaModel of transformers on tiny configurations: all hidden states of a padded
batch. What stands at padding means nothing and is set to 0.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights.
Regenerate: when a configuration is added; the numbers must not change with a newer library.
"""

import torch
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel, RobertaConfig, RobertaModel

from golden_files import float32_noise, write_golden
from reference_models import fill_portable, shapes_of

# Ids of each text; rows are padded to the longest.
TOKENS = [[2, 5, 6, 8, 11, 12, 13, 33, 3], [2, 22, 19, 3], [2, 3], [2, 40, 41, 42, 43, 7, 9, 10, 33, 63, 3]]
PADDING = 1  # any id will do; RoBERTa counts positions by it

CASES = {
    "bert-a": (
        BertModel,
        BertConfig,
        {
            "model_type": "bert",
            "vocab_size": 64,
            "hidden_size": 32,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "intermediate_size": 96,
            "max_position_embeddings": 24,
            "type_vocab_size": 2,
            "layer_norm_eps": 1e-12,
        },
    ),
    "distilbert-a": (
        DistilBertModel,
        DistilBertConfig,
        {
            "model_type": "distilbert",
            "vocab_size": 64,
            "dim": 24,
            "n_layers": 4,
            "n_heads": 3,
            "hidden_dim": 48,
            "max_position_embeddings": 16,
        },
    ),
    "roberta-a": (
        RobertaModel,
        RobertaConfig,
        {
            "model_type": "roberta",
            "vocab_size": 64,
            "hidden_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 64,
            "max_position_embeddings": 26,
            "type_vocab_size": 1,
            "layer_norm_eps": 1e-5,
            "pad_token_id": 1,
        },
    ),
}


def run(seed, kind, settings, dtype):
    model_class, config_class = kind
    model = model_class(config_class(**settings, attn_implementation="eager")).eval()
    parameters = dict(model.named_parameters())
    fill_portable(parameters, seed)
    longest = max(map(len, TOKENS))
    ids = torch.tensor([row + [PADDING] * (longest - len(row)) for row in TOKENS])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in TOKENS])
    with torch.no_grad():
        output = model.to(dtype)(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    states = {f"{seed}/layer{i}": state * mask[..., None] for i, state in enumerate(output.hidden_states)}
    used = {name: shape for name, shape in shapes_of(parameters).items() if not name.startswith("pooler.")}
    return used, states


def main():
    cases, arrays = [], {}
    for seed, (model_class, config_class, settings) in CASES.items():
        kind = (model_class, config_class)
        parameters, single = run(seed, kind, settings, torch.float32)
        _, double = run(seed, kind, settings, torch.float64)
        arrays |= single
        cases.append(
            {
                "seed": seed,
                "config": settings,
                "float32Noise": float32_noise(single, double),
                "parameters": parameters,
            }
        )
    write_golden(
        "bert",
        "bert.py",
        "encoders of BERT's family: <seed>/layer<i> [B, S, width], hidden states of a batch padded to its longest text, "
        "0 at padding; layer 0 is the embeddings",
        "when a configuration is added",
        {"tokens": TOKENS, "cases": cases},
        arrays,
    )


if __name__ == "__main__":
    main()
