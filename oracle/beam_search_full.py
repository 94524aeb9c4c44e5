"""Golden files of generation at full size (REFERENCE.md section 4): 20 prompts, beam 5, at most 15 tokens.

What: the reference's beam search over GPT-2 small with the paper's prefix length of 40. No decision is closer than 1e-4.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and prefixes.
Regenerate: when a case is added; the tokens must not change with a newer library. Takes some minutes.
"""

import copy

import torch
from transformers import DynamicCache

import beam_search
from beam_search import MARGIN, Decoder, beam_case, drawn_until_clear
from golden_files import write_golden

SEED = "gpt2-full"
SETTINGS = {"n_embd": 768, "n_head": 12, "n_layer": 12, "vocab_size": 50257, "n_positions": 1024}
# As for the tiny models, and a quieter vocabulary, or the wide output layer would repeat its input for ever.
SCALES = {**beam_search.SCALES, "wte.weight": 2**-3}


class LongPrefixDecoder(Decoder):
    """Reads the prefix once; the tokens after it are computed anew at every step."""

    remembered = None

    def next_logits(self, prefix, tokens):
        if self.remembered is None or self.remembered[0] is not prefix:
            cache = DynamicCache()
            first = self.model(inputs_embeds=prefix[None], past_key_values=cache, use_cache=True, logits_to_keep=1)
            self.remembered = (prefix, cache, first.logits[:, -1])
        _, cache, first = self.remembered
        if tokens.shape[1] == 0:
            return first
        cache = copy.deepcopy(cache)
        cache.batch_repeat_interleave(len(tokens))
        embedded = self.model.transformer.wte(tokens)
        return self.model(inputs_embeds=embedded, past_key_values=cache, logits_to_keep=1).logits[:, -1]


def main():
    torch.set_num_threads(2)
    beam_search.MODELS[SEED], beam_search.PREFIX, beam_search.SCALES = SETTINGS, 40, SCALES
    decoder = LongPrefixDecoder(SEED)
    cases = []
    for i in range(20):
        kind = "half" if i % 2 else "rare"
        cases.append(drawn_until_clear(f"beam-full/{i}", beam_case(decoder, 5, 15, kind, 1.0)))
        print(i, cases[-1]["margin"], cases[-1]["beams"][0], flush=True)
    write_golden(
        "beam-search-full",
        "beam_search_full.py",
        "Beams best first, tokens cut at their length, score = length-averaged log-probability",
        "when a case is added",
        {
            "seed": SEED,
            "config": SETTINGS,
            "prefixLength": beam_search.PREFIX,
            "scales": SCALES,
            "smallestMargin": MARGIN,
            "cases": cases,
        },
        {},
    )


if __name__ == "__main__":
    main()
