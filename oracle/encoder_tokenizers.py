"""Golden files of the encoders' tokenizers (METRICS.md section 6.1).

What: ids that transformers' BertTokenizer gives with the vocabulary of 64 pieces of METRICS.md, lower-cased and cased,
and those of a byte-level BPE in RoBERTa's layout, trained here on the sentences below; on texts about chests and on
seeded random texts full of white space, accents, punctuation, ideographs and control characters.
Versions: see requirements.txt and the header of the manifest. Seed: 20261124 for the random texts.
Regenerate: when a text or a tokenizer is added; the ids must not change with a newer library.
"""

import json
import random
import tempfile
from pathlib import Path

from tokenizers import ByteLevelBPETokenizer
from transformers import BertTokenizer

from golden_files import write_golden

SEED = 20261124
VOCABULARY = (
    "[PAD] [UNK] [CLS] [SEP] [MASK] no small large left right bilateral pleural eff ##usion ##usions pneu ##mo ##thorax "
    "##nia cardio ##meg ##aly stable mild pulmonary edema is are there with and of the . , ; - ( ) / normal heart lung "
    "##s clear atel ##ect ##asis basal opac ##ity ##ities seen fract ##ure rib tube in place evidence a 1 2 cm"
).split()
CASED = VOCABULARY[:5] + ["No", "no", "É", "é", "E", "##e", "##É", "A", "##a", ".", "-", "心", "肺", "Σ", "##σ", "##ς"]
SENTENCES = [
    "No small left pleural effusion.",
    "Stable cardiomegaly; mild pulmonary EDEMA (1.2 cm).",
    "Bilateral pleural effusions/atelectasis",
    "Pneumothorax-xyz",
    "",
    "  café   lungs ",
    "Rib fracture\nseen\tin place",
    "effusionx",
    "Clear lungs, normal heart; there is no evidence of a pneumothorax.",
    "L'épanchement   pleural É gauche – nº 2",
    "Don't [SEP] the [MASK] tube",
    "no\u00a0small\u2003left\u200bpleural\ufeffeffusion\u0085clear\u3000lungs",
    "心臟正常 no 肺 edema\U00020000lungs",
    "ΣΟΦΟΣ Σ ſ İstanbul ﬁb",
    "x" * 101 + " " + "no" * 60,
    "e\u0301dema a\u0308 \u0301 no",
    "no\u0000small\ufffdleft\x07right",
    "1.2cm 12 1,2 2-1 a/a (a)",
    "\u201cno\u201d \u2018small\u2019 left\u2014right \u00b11 \u20ac2 \u00ab a \u00bb ~ ^ ` $",
]
ALPHABETS = [
    "no small left effusion lungs heart edema clear tube rib cm 1 2 a",
    "NO Small LEFT ÉÈÀ éèà ñ ü ç",
    "\t\n\r\x0b\x0c\x1c\x85\xa0\u1680\u2003\u2028\u2029\u202f\u3000\u200b\u200d\ufeff\u00ad\u0000\ufffd\x07\u0378\ue000\U000e0001",
    ".,;:-/()[]{}!?'\"`~^$+<>=|@#%&*_\\\u2013\u2014\u201c\u2019\u00bf\u00a7\u00b7",
    "心肺臟\u3400\uf900\U00020000\U0002f800\U0002ceaf",
    "\u0301\u0308\u0327\u0644\u0939\u094d\u1e9b\u0323\ud7a3\u1100\u1161\u0130\u00df\ufb01\u017f\u03c3",
]


def random_texts(count):
    rng = random.Random(SEED)
    words = ALPHABETS[0].split()
    texts = []
    for _ in range(count):
        parts = []
        for _ in range(rng.randrange(1, 12)):
            kind = rng.randrange(10)
            if kind < 5:
                parts.append(rng.choice(words))
            else:
                parts.append("".join(rng.choice(ALPHABETS[kind - 4]) for _ in range(rng.randrange(1, 4))))
            if rng.random() < 0.6:
                parts.append(" ")
        texts.append("".join(parts))
    return texts


def bert(folder, vocabulary, **settings):
    path = Path(folder) / "vocab.txt"
    path.write_text("".join(f"{piece}\n" for piece in vocabulary), encoding="utf-8")
    return BertTokenizer(str(path), **settings)


def roberta():
    """A byte-level BPE with <s> and </s> around a text, as RoBERTa's."""
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = ByteLevelBPETokenizer(add_prefix_space=False, trim_offsets=True)
    tokenizer.train_from_iterator([s for s in SENTENCES if s] * 3, vocab_size=330, special_tokens=special, show_progress=False)
    from tokenizers.processors import RobertaProcessing

    tokenizer.post_processor = RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return tokenizer


def main():
    texts = SENTENCES + random_texts(300)
    with tempfile.TemporaryDirectory() as folder:
        lower = bert(folder, VOCABULARY)
        lower_ids = [lower.encode(text) for text in texts]
        cased = bert(folder, CASED, do_lower_case=False)
        cased_ids = [cased.encode(text) for text in texts]
        definition = json.loads(lower.backend_tokenizer.to_str())
    bpe = roberta()
    bpe_ids = [bpe.encode(text).ids for text in texts]
    rows = [list(row) for row in zip(texts, lower_ids, cased_ids, bpe_ids)]
    write_golden(
        "encoder-tokenizers",
        "encoder_tokenizers.py",
        "texts with their ids, special ones around them, by three tokenizers: WordPiece lower-cased (also as the "
        "tokenizer.json that the library makes of its vocabulary), WordPiece cased, byte-level BPE in RoBERTa's layout",
        "when a text or a tokenizer is added",
        {
            "vocabulary": VOCABULARY,
            "cased": CASED,
            "definition": definition,
            "bpe": json.loads(bpe._tokenizer.to_str()),
            "columns": ["text", "lower", "cased", "bpe"],
            "rows": [{"row": row} for row in rows],
        },
        {},
        seed=f"{SEED} for the random texts",
    )


if __name__ == "__main__":
    main()
