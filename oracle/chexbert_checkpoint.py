"""Golden files of F1CheXbert (METRICS.md section 8).

What: a tiny checkpoint in the layout of the published chexbert.pth (epoch, state dict of a parallel model, optimiser),
the classes that a BERT with 14 heads on its start token gives to reports, and scikit-learn's reports on 5 and 14 labels
for pairs of them.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights.
Regenerate: when a report is added; the classes must not change with a newer library.
"""

import torch
from sklearn.metrics import accuracy_score, classification_report
from torch import nn
from transformers import BertConfig, BertModel

from encoder_tokenizers import SENTENCES, VOCABULARY, bert
from golden_files import GOLDEN, write_golden
from reference_models import fill_portable

MARGIN = 1e-4

LABELS = [
    "Enlarged Cardiomediastinum",
    "Cardiomegaly",
    "Lung Opacity",
    "Lung Lesion",
    "Edema",
    "Consolidation",
    "Pneumonia",
    "Atelectasis",
    "Pneumothorax",
    "Pleural Effusion",
    "Pleural Other",
    "Fracture",
    "Support Devices",
    "No Finding",
]
FIVE = [1, 4, 5, 7, 9]

REPORTS = [
    *(sentence for sentence in SENTENCES if sentence.isascii()),
    "Small left pleural effusion is seen.",
    "There is mild pulmonary edema. The heart is normal.",
    "no evidence of small opacities in the right lung, and no evidence of edema, and no evidence of a rib fracture (1.2 cm)",
    "Opacity",
    "Rib\n fracture;\t tube in place.  ",
]


class Labeler(nn.Module):
    def __init__(self):
        super().__init__()
        self.bert = BertModel(
            BertConfig(
                vocab_size=64,
                hidden_size=16,
                num_hidden_layers=2,
                num_attention_heads=1,
                intermediate_size=24,
                max_position_embeddings=24,
            )
        )
        self.linear_heads = nn.ModuleList(nn.Linear(16, 4 if i < 13 else 2) for i in range(14))

    def forward(self, ids):
        start = self.bert(torch.tensor([ids])).last_hidden_state[:, 0]
        return [head(start)[0] for head in self.linear_heads]


def plain(report):
    """scikit-learn's report with its numbers as JSON has them."""
    return {name: {key: float(value) for key, value in row.items()} for name, row in report.items()}


def report_on(references, hypotheses, labels):
    def pick(rows):
        return [[row[label] for label in labels] for row in rows]

    return plain(
        classification_report(
            pick(references),
            pick(hypotheses),
            target_names=[LABELS[label] for label in labels],
            output_dict=True,
            zero_division=0,
        )
    )


def main():
    folder = GOLDEN / "chexbert"
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = bert(folder, VOCABULARY)
    model = Labeler().eval()
    fill_portable(dict(model.named_parameters()), "chexbert", {f"linear_heads.{i}.weight": 4 for i in range(14)})
    optimizer = torch.optim.Adam(model.linear_heads.parameters(), lr=1e-3)
    classes = []
    with torch.no_grad():
        for report in REPORTS:
            ids = tokenizer.encode(report)
            ids = ids if len(ids) <= 24 else [*ids[:23], ids[-1]]
            logits = model(ids)
            top = [row.topk(2).values for row in logits]
            if min((a - b).item() for a, b in top) < MARGIN:
                raise SystemExit(f"a decision is closer than {MARGIN}; change a report")
            classes.append([int(row.argmax()) for row in logits])
    sum(head(torch.ones(1, 16)).sum() for head in model.linear_heads).backward()
    optimizer.step()  # so that the optimiser has a state to save; the weights are filled again below
    fill_portable(dict(model.named_parameters()), "chexbert", {f"linear_heads.{i}.weight": 4 for i in range(14)})
    state = {f"module.{name}": tensor for name, tensor in model.state_dict().items() if "position_ids" not in name}
    checkpoint = {"epoch": 5, "model_state_dict": state, "optimizer_state_dict": optimizer.state_dict()}
    torch.save(checkpoint, folder / "chexbert.pth")

    labels = [[int(value in (1, 3)) for value in row] for row in classes]
    hypotheses, references = labels, labels[5:] + labels[:5]
    five = [[[row[label] for label in FIVE] for row in rows] for rows in (references, hypotheses)]
    write_golden(
        "chexbert",
        "chexbert_checkpoint.py",
        "classes (0 blank, 1 positive, 2 negative, 3 uncertain) of each report for the 14 labels by the checkpoint beside "
        "this file, and scikit-learn's reports where the reference of report i is report i + shift (around the end)",
        "when a report is added",
        {
            "reports": REPORTS,
            "shift": 5,
            "classes": classes,
            "fourteen": report_on(references, hypotheses, range(14)),
            "five": report_on(references, hypotheses, FIVE),
            "accuracyFive": float(accuracy_score(*five)),
        },
        {},
    )


if __name__ == "__main__":
    main()
