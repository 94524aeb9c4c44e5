"""Golden files of generation at full size (REFERENCE.md section 4): 20 prompts, beam 5, at most 15 tokens.

What: the reference's beam search over GPT-2 small with the paper's prefix length of 40. No decision is closer than 1e-4.
Every search is made again in float64: the same tokens, and how far the scores are.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and prefixes.
Regenerate: when a case is added; the tokens must not change with a newer library. Takes some minutes and 2 GB.
"""

import copy

import torch
from transformers import DynamicCache

import beam_search
from beam_search import KINDS, Decoder, beam_case, drawn_until_clear, score_noise
from golden_files import write_golden
from tokenizer import gpt2_tokenizer

SEED = "gpt2-full"
SETTINGS = {"n_embd": 768, "n_head": 12, "n_layer": 12, "vocab_size": 50257, "n_positions": 1024}
# Powers of two. Sharp attention and loud blocks let every prefix and every token say something of its own; a vocabulary
# quieter than they are, behind a loud ln_f, keeps the tied output layer from repeating its input.
SCALES = {"c_attn.weight": 4, "c_proj.weight": 8, "ln_f.weight": 16, "wte.weight": 2**-5}


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
        cases.append(drawn_until_clear(f"beam-full/{i}", beam_case(decoder, 5, 15, KINDS[i % len(KINDS)], 1.0)))
        print(i, cases[-1]["margin"], cases[-1]["beams"][0], flush=True)
    del decoder
    noise = score_noise(cases, {SEED: LongPrefixDecoder(SEED, torch.float64)})
    words = gpt2_tokenizer()
    for case in cases:
        case["text"] = words.decode(case["beams"][0]["tokens"])
    print("float64 scores differ by at most", noise, flush=True)
    write_golden(
        "beam-search-full",
        "beam_search_full.py",
        "Beams best first, tokens cut at their length, score = length-averaged log-probability; text of the best",
        "when a case is added",
        {
            "seed": SEED,
            "config": SETTINGS,
            "prefix": f"input/<name>/prefix, shape [{beam_search.PREFIX}, n_embd]",
            "prefixLength": beam_search.PREFIX,
            "scales": SCALES,
            "smallestMargin": beam_search.MARGIN,
            "scoreNoise": noise,
            "cases": cases,
        },
        {},
    )


if __name__ == "__main__":
    main()
