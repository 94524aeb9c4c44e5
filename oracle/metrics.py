"""BLEU, ROUGE-L, CIDEr and the Porter stemmer by the original packages.

What: tests/golden/metrics/: sentences made here, scored by pycocoevalcap's BleuScorer and CiderScorer on raw strings
(profile `authors`), google's rouge_score with stemming, and NLTK's stemmer on words.
Versions: see requirements.txt and the header of the manifest. Seed: 20261124.
Regenerate: when a case is added or a package's release changes a score.
"""

import contextlib
import io
import random
from importlib.metadata import version

from nltk.stem.porter import PorterStemmer
from pycocoevalcap.bleu.bleu_scorer import BleuScorer
from pycocoevalcap.cider.cider_scorer import CiderScorer
from rouge_score.rouge_scorer import RougeScorer

from golden_files import write_golden

SEED = 20261124

PLACES = "left right bilateral apical basal retrocardiac perihilar upper lower middle".split()
SIZES = ["small", "Moderate", "large", "minimal", "3 mm", "1.5 cm", "subtle"]
FINDINGS = """pleural effusion;pneumothorax;nodule;consolidation;atelectasis;cardiomegaly;interstitial pattern;
hilar enlargement;calcified granuloma;costophrenic angle blunting;rib fracture;hiatal hernia;pacemaker;
elevated hemidiaphragm;laminar atelectasis;air trapping;kyphosis;aortic elongation""".replace("\n", "").split(";")
FRAMES = [
    "{size} {place} {finding}.",
    "No {finding}.",
    "No signs of {finding} or {other}.",
    "{finding} in the {place} lung field, unchanged.",
    "{Finding} with {size} {other}",
    "Findings suggestive of {finding}; compare with T12-L1 and the {place} side.",
    "{finding} {finding} {finding}",
    "Derrame pleural {place}, sin cambios: ¿{finding}?",
    "{size}\u00a0{finding}\u2009({place}).",
    "{place}",
    "",
    "   ",
]
ENDINGS = """s es ed ing ly ness ful al ally ational tional ization izer ation ator alism iveness fulness ousness aliti iviti
biliti logi icate ative alize iciti ical ance ence able ible ant ement ment ent ion sion tion ism ate iti ous ive ize y
ied ies eed e ee ll lle ss sses bl at iz nn tt""".split()
STEMS = """effus opac calcif granulom vertebr relat condit hop hopp fall fill adopt electr radi patholog analog depend
tortuos control roll proble sens infiltrat sky d tr pl agre enlarg surg bilater appl cr fl str bronch thorac""".split()
WHOLE = "sky skies dying lying tying news innings inning outing outings canning cannings howe proceed exceed succeed die dies ties".split()


def sentence(draw):
    finding, other = draw.choice(FINDINGS), draw.choice(FINDINGS)
    frame = draw.choice(FRAMES)
    text = frame.format(
        size=draw.choice(SIZES), place=draw.choice(PLACES), finding=finding, Finding=finding.capitalize(), other=other
    )
    return text


def variant(draw, reference):
    """A hypothesis: another sentence, the same, or the same with words dropped, doubled, swapped or upper-cased."""
    kind = draw.randrange(5)
    if kind == 0:
        return sentence(draw)
    if kind == 1:
        return reference
    words = reference.split(" ")
    at = draw.randrange(len(words))
    changed = {2: [], 3: [words[at], words[at]], 4: [words[at].upper()]}[kind]
    return " ".join(words[:at] + changed + words[at + 1 :])


def score(hypotheses, references):
    bleu, cider = BleuScorer(n=4), CiderScorer(n=4, sigma=6.0)
    for hypothesis, reference in zip(hypotheses, references):
        bleu += (hypothesis.strip(), [reference.strip()])
        cider += (hypothesis.strip(), [reference.strip()])
    with contextlib.redirect_stdout(io.StringIO()):  # the scorer prints
        bleu_corpus, bleu_items = bleu.compute_score(option="closest", verbose=0)
    cider_corpus, cider_items = cider.compute_score()
    rouge = RougeScorer(["rougeL"], use_stemmer=True)
    rouge_items = [rouge.score(r.strip(), h.strip())["rougeL"].fmeasure for h, r in zip(hypotheses, references)]
    columns = {f"BLEU-{k + 1}": {"corpus": bleu_corpus[k], "items": bleu_items[k]} for k in range(4)}
    columns["ROUGE-L"] = {"corpus": sum(rouge_items) / len(rouge_items), "items": rouge_items}
    columns["CIDEr"] = {"corpus": float(cider_corpus), "items": [float(item) for item in cider_items]}
    return columns


def main():
    draw = random.Random(SEED)
    references = [sentence(draw) for _ in range(300)]
    hypotheses = [variant(draw, reference) for reference in references]
    words = sorted({stem + ending for stem in STEMS for ending in [*ENDINGS, ""]} | set(WHOLE))
    stem = PorterStemmer().stem
    write_golden(
        "metrics",
        "metrics.py",
        "Sentences scored in profile `authors`: corpus and item values a column; words and their stems",
        "when a case is added or a package's release changes a score",
        {
            "packages": {name: version(name) for name in ("pycocoevalcap", "rouge-score", "nltk")},
            "hypotheses": hypotheses,
            "references": references,
            "columns": score(hypotheses, references),
            "stems": {word: stem(word) for word in words},
        },
        {},
        seed=SEED,
    )


if __name__ == "__main__":
    main()
