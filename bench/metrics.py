"""The Python packages on the texts that bench/metrics.mjs --write wrote: processor time, one JSON line a metric."""

import contextlib
import io
import json
import sys
import time

from pycocoevalcap.bleu.bleu_scorer import BleuScorer
from pycocoevalcap.cider.cider_scorer import CiderScorer
from rouge_score.rouge_scorer import RougeScorer

pairs = json.load(open(sys.argv[1]))


def report(metric, start, value):
    print(json.dumps({"metric": metric, "pairs": len(pairs), "seconds": time.process_time() - start, "values": value}), flush=True)


start = time.process_time()
scorer = BleuScorer(n=4)
for pair in pairs:
    scorer += (pair["hypothesis"], [pair["reference"]])
with contextlib.redirect_stdout(io.StringIO()):
    value = scorer.compute_score(option="closest", verbose=0)[0]
report("BLEU", start, value)

start = time.process_time()
scorer = RougeScorer(["rougeL"], use_stemmer=True)
items = [scorer.score(pair["reference"], pair["hypothesis"])["rougeL"].fmeasure for pair in pairs]
report("ROUGE-L", start, sum(items) / len(items))

start = time.process_time()
scorer = CiderScorer(n=4, sigma=6.0)
for pair in pairs:
    scorer += (pair["hypothesis"], [pair["reference"]])
report("CIDEr", start, float(scorer.compute_score()[0]))
