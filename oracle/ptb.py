"""Stanford's PTBTokenizer 3.4.1 on sentences and on lines made to provoke its rules.

What: tests/golden/ptb/: lines made here and their tokens, by the jar that pycocoevalcap carries, called as its
PTBTokenizer class calls it; and BLEU, ROUGE-L and CIDEr of profile `coco` on the sentences of the metrics golden.
Versions: see requirements.txt and the header of the manifest; Java 17. Seed: 20261124.
Regenerate: when a fragment is added.
"""

import contextlib
import io
import json
import os
import random
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import pycocoevalcap.tokenizer.ptbtokenizer as ptb
from pycocoevalcap.bleu.bleu_scorer import BleuScorer
from pycocoevalcap.cider.cider_scorer import CiderScorer
from pycocoevalcap.rouge.rouge import Rouge

from golden_files import GOLDEN, write_golden

SEED = 20261124

# The wrapper leaves the encoding to the machine's locale; its files are UTF-8.
os.environ["JAVA_TOOL_OPTIONS"] = "-Dfile.encoding=UTF-8"

FRAGMENTS = """effusion Heart no The It Right-sided T12-L1 3.5-cm s/p PA/lateral and/or 1/2 3 10/11/2012 1-2 50% +/- (RUL) [stat] {x}
don't can't Patient's patients' it's I'm they've we'd cannot Cannot gonna 'tis 'twas o'clock c'mon 'em O'Brien
Dr. Mr. vs. CT. MR. Jan. Fri. St. Inc. Ph.D. p.m. a.m. i.e. e.g. U.S. approx. fig. 3 No. 5 no. nos. L1. T. B. Vitamin C. a.k.a.
cm. cm.; mm.,new 2.5x3.1 2.5 x 3.1 8mm 2nd 1,000 10:30 -3 +4 .5 ,786.2 3:45:10 well-defined opacity,well-defined,in disease.Heart
... .. .... ....... . . . -- --- ---- ----- - – — … “quoted” ‘single’ "double" 'x' `tick` patient’s doesn’t
___ __ *** ** * # ## #1 #tag @ @@ @name a@b.org www.example.com http://example.org/a?b=1 x.pdf file.txt
& AT&T R&D A+B &amp; &lt; &gt; &nbsp; < > = == <BR> </p> <a href="x"> <= -> :) :-( ;) = ~ ^ | \\ §
¿qué? ¡sí! ‹a› „b” ― ⅝ ¤ ¥ ※ ‚ ½ ¼ ¾ ⅓ €5 £5 $5 US$ 5$ 5¢ ± ° ² ³ × ÷ ≥ ≤ → • µm α-fetoprotein naïve Sjögren’s café L1–L2 right‑sided pro‐BNP
555-1234 (555) 123-4567 a b c A I x y ? ! ?! !! ; : , . / Right. Left. Stable. 1. 2. a) b) (1) T7/8 L4/5 C3-C4 c.diff
3\u00a01/2 no\u00a0effusion 5\u00a0mm.\u00a0New H1N1 S1-S2 5'6" 98.6F 3-4mm 12-lead 2-view q.d. b.i.d. U.S.A. Ms Miss. Gen. Ave. Col. Lt. Vt. La. Pa. Me. Ore. Wash. Mass. mass. Ill. ill.
mo. co. ct. conn. del. md. va. est. ext. sq. etc. et al. al. tel. dept. pt. Pt. pts. hx. w/ w/o c/w r/o h/o +1 -1 1+ 2+
Final.Report (L>R) R>L 3x4x5 1.5 cm 12.5mm.new 3.5cm. A.B.C. A.B a.b.c x.y.z non-U.S. don't.""".replace("\n", " ").split(" ")
BETWEEN = ["", " ", " ", " ", " ", "  ", "\t"]


def line(draw):
    words = [draw.choice(FRAGMENTS) for _ in range(draw.randint(1, 9))]
    return "".join(word + draw.choice(BETWEEN[1:] if draw.random() < 0.85 else BETWEEN) for word in words).strip(" \t")


def tokens(lines):
    """Raw output lines, as the wrapper's command gives them."""
    folder = Path(ptb.__file__).parent
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(lines))
        file.flush()
        command = ["java", "-cp", ptb.STANFORD_CORENLP_3_4_1_JAR,
                   "edu.stanford.nlp.process.PTBTokenizer", "-preserveLines", "-lowerCase", file.name]
        run = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return [out.rstrip(" ") for out in run.stdout.decode().split("\n")][: len(lines)]


def coco_scores(hypotheses, references):
    tokenizer = ptb.PTBTokenizer()

    def tokenized(texts):
        # The wrapper replaces line feeds only; other separators would shift the captions after them.
        captions = {i: [{"caption": text}] for i, text in enumerate(texts)}
        return {i: lines for i, lines in tokenizer.tokenize(captions).items()}

    res, gts = tokenized(hypotheses), tokenized(references)
    bleu, cider = BleuScorer(n=4), CiderScorer(n=4, sigma=6.0)
    for i in res:
        bleu += (res[i][0], gts[i])
        cider += (res[i][0], gts[i])
    with contextlib.redirect_stdout(io.StringIO()):
        bleu_corpus, bleu_items = bleu.compute_score(option="closest", verbose=0)
    rouge_corpus, rouge_items = Rouge().compute_score(gts, res)
    cider_corpus, cider_items = cider.compute_score()
    columns = {f"BLEU-{k + 1}": {"corpus": bleu_corpus[k], "items": bleu_items[k]} for k in range(4)}
    columns["ROUGE-L"] = {"corpus": float(rouge_corpus), "items": [float(value) for value in rouge_items]}
    columns["CIDEr"] = {"corpus": float(cider_corpus), "items": [float(value) for value in cider_items]}
    return columns


def main():
    if len(sys.argv) == 4:  # ptb.py SEED COUNT FILE: other lines and their tokens, to look for differences
        draw = random.Random(int(sys.argv[1]))
        lines = [line(draw) for _ in range(int(sys.argv[2]))]
        Path(sys.argv[3]).write_text(json.dumps({"lines": lines, "tokens": tokens(lines)}, ensure_ascii=False))
        return
    draw = random.Random(SEED)
    lines = [line(draw) for _ in range(1500)]
    golden = json.loads((GOLDEN / "metrics" / "manifest.json").read_text())
    write_golden(
        "ptb",
        "ptb.py",
        "Lines and their PTB tokens before punctuation is removed; the sentences of `metrics` scored in profile coco",
        "when a fragment is added",
        {
            "packages": {name: version(name) for name in ("pycocoevalcap",)},
            "lines": lines,
            "tokens": tokens(lines),
            "columns": coco_scores(golden["hypotheses"], golden["references"]),
        },
        {},
        seed=SEED,
    )


if __name__ == "__main__":
    main()
