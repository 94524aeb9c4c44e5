"""Paired randomisation, bootstrap intervals, and Python's random numbers by the original packages.

What: tests/golden/significance/: p-values of RadEval's PairedTest on sentences of the metrics golden, scored by
rouge_score and pycocoevalcap; scipy's percentile and BCa intervals over every possible resample of small samples;
first draws of `random.Random` for seeds of several sizes.
Versions: see requirements.txt and the header of the manifest. Seed: 20261124.
Regenerate: when a case is added or RadEval changes its test.
"""

import importlib.util
import itertools
import json
import random
from importlib.metadata import version
from pathlib import Path

import nltk
import numpy
from pycocoevalcap.bleu.bleu_scorer import BleuScorer
from rouge_score.rouge_scorer import RougeScorer
from scipy.stats import bootstrap, norm
from scipy.stats._resampling import BootstrapResult

from golden_files import GOLDEN, write_golden

SEED = 20261124
SEEDS = [0, 1, 12345, 2**31, 2**32 - 1, 2**40 + 5, -7]


def paired_test():
    """RadEval's class, loaded from its file: the package itself would ask for every model's library."""
    nltk.download = lambda *_, **__: True  # the module asks for sentence models that the test does not use
    origin = Path(importlib.util.find_spec("radeval").submodule_search_locations[0]) / "utils.py"
    spec = importlib.util.spec_from_file_location("radeval_utils", origin)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PairedTest


def rouge(kind, decimals):
    scorer = RougeScorer([kind], use_stemmer=True)

    def mean(hypotheses, references):
        values = [scorer.score(r, h)[kind].fmeasure for h, r in zip(hypotheses, references)]
        return round(sum(values) / len(values), decimals)

    return mean


def bleu(order, decimals):
    def corpus(hypotheses, references):
        scorer = BleuScorer(n=4)
        for hypothesis, reference in zip(hypotheses, references):
            scorer += (hypothesis, [reference])
        return round(scorer.compute_score(option="closest", verbose=0)[0][order - 1], decimals)

    return corpus


def randomisation(decimals, items, trials, seed):
    golden = json.loads((GOLDEN / "metrics" / "manifest.json").read_text())
    references = [text.strip() for text in golden["references"][:items]]
    systems = {
        "baseline": [text.strip() for text in golden["hypotheses"][:items]],
        "next": [text.strip() for text in golden["hypotheses"][1 : items + 1]],
        "half": [(r if i % 3 == 0 else h).strip() for i, (h, r) in enumerate(zip(golden["hypotheses"], references))],
        "same": [text.strip() for text in golden["hypotheses"][:items]],
    }
    metrics = {
        "BLEU-1": bleu(1, decimals),
        "BLEU-4": bleu(4, decimals),
        "ROUGE-1": rouge("rouge1", decimals),
        "ROUGE-L": rouge("rougeL", decimals),
    }
    _, scores = paired_test()(systems, metrics, references, trials, seed)()
    return {"decimals": decimals, "items": items, "trials": trials, "seed": seed, "systems": systems,
            "references": references, "scores": scores}


def intervals(name, rows, statistic, level):
    """Intervals over all n^n resamples of the rows, which scipy takes as a finished bootstrap."""
    rows = numpy.array(rows, dtype=float)
    draws = itertools.product(range(len(rows)), repeat=len(rows))
    distribution = numpy.array([statistic(*rows[list(draw)].T) for draw in draws])
    done = BootstrapResult(confidence_interval=None, bootstrap_distribution=distribution, standard_error=None)
    ends = {}
    for method in ("percentile", "BCa"):
        result = bootstrap(tuple(rows.T), statistic, n_resamples=0, bootstrap_result=done, vectorized=False,
                           paired=True, confidence_level=level, method=method)
        ends[method.lower()] = [float(end) for end in result.confidence_interval]
    return {"name": name, "rows": rows.tolist(), "level": level, **ends}


def main():
    draws = {}
    for seed in SEEDS:
        generator = random.Random(seed)
        values = [generator.random() for _ in range(700)]
        draws[str(seed)] = values[:4] + values[-2:]
    shares = [1e-300, 1e-20, 1e-9, 0.001, 0.025, 0.1, 0.3, 0.5, 0.500001, 0.7, 0.95, 0.975, 0.999999]
    points = [-37.0, -12.0, -5.5, -3.0, -2.999, -1.96, -0.5, -1e-9, 0.0, 0.3, 1.0, 2.5, 3.1, 8.0]
    write_golden(
        "significance",
        "significance.py",
        "Python's random numbers; RadEval's paired randomisation; scipy's intervals over all resamples",
        "when a case is added or RadEval changes its test",
        {
            "packages": {name: version(name) for name in ("radeval", "scipy", "pycocoevalcap", "rouge-score")},
            "draws": draws,
            "normal": {
                "shares": shares, "quantiles": [float(norm.ppf(p)) for p in shares],
                "points": points, "below": [float(norm.cdf(x)) for x in points],
            },
            "randomisation": [randomisation(4, 24, 400, 12345), randomisation(9, 11, 600, 7)],
            "intervals": [
                intervals("mean", [[0.125], [0.5], [0.375], [0.875], [0.25]], lambda x: numpy.mean(x), 0.95),
                intervals("ratio", [[1, 4], [3, 5], [0, 2], [6, 7], [2, 9], [5, 5]],
                          lambda x, y: numpy.sum(x) / numpy.sum(y), 0.9),
            ],
        },
        {},
        seed=SEED,
    )


if __name__ == "__main__":
    main()
