"""The Python side of bench/metrics.mjs: pycocoevalcap's scorers and rouge_score, processor seconds and values."""

import contextlib
import io
import json
import sys
import time

from pycocoevalcap.bleu.bleu_scorer import BleuScorer
from pycocoevalcap.cider.cider_scorer import CiderScorer
from rouge_score.rouge_scorer import RougeScorer

answers = sys.stdout
sys.stdout = sys.stderr  # the packages print


def filled(scorer, pairs):
    for pair in pairs:
        scorer += (pair["hypothesis"], pair["references"])
    return scorer


def bleu(pairs):
    return filled(BleuScorer(n=4), pairs).compute_score(option="closest", verbose=0)[0]


def rouge(pairs):
    scorer = RougeScorer(["rougeL"], use_stemmer=True)
    items = [scorer.score(pair["references"][0], pair["hypothesis"])["rougeL"].fmeasure for pair in pairs]
    return [sum(items) / len(items)]


def cider(pairs):
    return [float(filled(CiderScorer(n=4, sigma=6.0), pairs).compute_score()[0])]


METRICS = {"BLEU": bleu, "ROUGE-L": rouge, "CIDEr": cider}
pairs = []


def say(message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()


say({"python": sys.version.split()[0]})
for line in sys.stdin:
    question = json.loads(line)
    if "pairs" in question:
        pairs = question["pairs"]
        say({"pairs": len(pairs)})
        continue
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        values = METRICS[question["metric"]](pairs)
    say({"seconds": time.process_time() - start, "values": list(values)})
