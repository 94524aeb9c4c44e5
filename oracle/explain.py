"""Golden files of explanations (REFERENCE.md section 7): the paper's maps and the spatial ones, by PyTorch's autograd.

What: tiny systems (CLIP, mapper, GPT-2) from pixels to log p of each token; for the whole sentence and for one token of it: LeGrad over
the encoder's layers, gradient x input, integrated gradients, occlusion; the mapper's attention map and LeGrad over it.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and squares.
Regenerate: when a configuration or a method is added; the numbers must not change with a newer library.
"""

import numpy
import torch
from open_clip.modified_resnet import ModifiedResNet
from torch.nn import functional as F
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from golden_files import float32_noise, write_golden
from portable import portable_values
from reference_models import build_gpt2, build_mapper, fill_portable, gpt2_parameters, shapes_of

MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)


def vit(width, heads, layers, patch, image, projection, inner):
    sizes = {"hidden_size": width, "num_attention_heads": heads, "num_hidden_layers": layers, "patch_size": patch}
    more = {"image_size": image, "projection_dim": projection, "intermediate_size": inner}
    return {**sizes, **more, "hidden_act": "quick_gelu", "layer_norm_eps": 1e-5}


def gpt2(width, heads, layers, vocabulary):
    sizes = {"n_embd": width, "n_head": heads, "n_layer": layers, "vocab_size": vocabulary, "n_positions": 32}
    return {**sizes, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5}


def mapper(input_width, latent, prefix, width, heads, layers):
    sizes = {"kind": "transformer", "inputWidth": input_width, "prefixLength": prefix, "width": width}
    return {**sizes, "latentLength": latent, "heads": heads, "layers": layers}


# The second side is no multiple of its patch: the rest is seen by nobody. The third encoder is a residual network.
CASES = {
    "explain-a": {
        "encoder": vit(32, 4, 2, 8, 32, 16, 64),
        "mapper": mapper(32, 6, 4, 24, 4, 2),
        "decoder": gpt2(24, 4, 2, 31),
        "input": {"mode": "image+mask", "concatNorm": True},
        "sentences": [[5, 12, 7, 0, 13], [29, 13]],
    },
    "explain-b": {
        "encoder": vit(24, 3, 3, 7, 31, 20, 40),
        "mapper": mapper(20, 5, 3, 16, 2, 3),
        "decoder": gpt2(16, 2, 1, 19),
        "input": {"mode": "image", "concatNorm": True},
        "sentences": [[3, 1, 13]],
    },
    "explain-resnet": {
        "encoder": {"layers": [1, 2, 1, 1], "output_dim": 16, "heads": 8, "image_size": 64, "width": 16},
        "mapper": mapper(32, 4, 4, 16, 2, 1),
        "decoder": gpt2(16, 2, 1, 19),
        "input": {"mode": "image+mask", "concatNorm": False},
        "sentences": [[3, 17, 1, 13]],
    },
}
STEPS = 6
TOKEN = 1


class System(torch.nn.Module):
    """From pixels to log p of each token."""

    def __init__(self, seed, case, dtype):
        super().__init__()
        self.case = case
        self.is_vit = "patch_size" in case["encoder"]
        self.side = case["encoder"]["image_size"]
        self.patch = case["encoder"].get("patch_size", 32)
        self.streams = case["input"]["mode"].split("+")
        if self.is_vit:
            config = CLIPVisionConfig(**case["encoder"], attn_implementation="eager")
            self.encoder = CLIPVisionModelWithProjection(config)
            parameters = dict(self.encoder.named_parameters())
        else:
            self.encoder = ModifiedResNet(**case["encoder"])
            tensors = {**dict(self.encoder.named_parameters()), **dict(self.encoder.named_buffers())}
            names = [name for name in self.encoder.state_dict() if not name.endswith("num_batches_tracked")]
            parameters = {f"visual.{name}": tensors[name] for name in names}
        self.mapper = build_mapper(case["mapper"])
        self.decoder = build_gpt2(case["decoder"])
        parameters |= dict(self.mapper.named_parameters())
        parameters |= {f"gpt.transformer.{name}": t for name, t in gpt2_parameters(self.decoder).items()}
        fill_portable(parameters, seed)
        self.shapes = shapes_of(parameters)
        self.eval().to(dtype)

    def visual(self, pixels):  # stream -> [B, 3, S, S]
        embeddings = []
        self.attentions = []
        self.hidden_states = []
        for stream in self.streams:
            if self.is_vit:
                output = self.encoder(pixel_values=pixels[stream], output_attentions=True, output_hidden_states=True)
                self.attentions.append(output.attentions)  # layers of [B, H, 1 + N, 1 + N]
                self.hidden_states.append(output.hidden_states[1:])  # layers of [B, 1 + N, E]
                embeddings.append(output.image_embeds)
            else:
                embeddings.append(self.encoder(pixels[stream]))
        return self.join(embeddings)

    def join(self, embeddings):  # of each stream, [B, C]
        halves = [embedding / embedding.norm(dim=-1, keepdim=True) for embedding in embeddings]
        joined = torch.cat(halves, dim=-1)
        is_normed = len(halves) == 2 and self.case["input"]["concatNorm"]
        return joined / joined.norm(dim=-1, keepdim=True) if is_normed else joined

    def logits(self, visual, tokens):  # [B, P + T, V]
        prefix = self.mapper.clip_project(visual)
        caption = self.decoder.transformer.wte(tokens)
        return self.decoder(inputs_embeds=torch.cat([prefix, caption], dim=1)).logits

    def log_probabilities(self, visual, tokens):  # [B, T]
        start = self.case["mapper"]["prefixLength"] - 1
        logits = self.logits(visual, tokens)[:, start:-1]
        return logits.log_softmax(-1).gather(-1, tokens[..., None])[..., 0]


def clip_input(levels, dtype):
    """[S, S] levels of 8 bits -> [3, S, S], each operation in float32."""
    grey = torch.as_tensor(levels.astype(numpy.float32)) / 255
    return torch.stack([(grey - mean) / deviation for mean, deviation in zip(MEAN, DEVIATION)]).to(dtype)


def square(name, side):
    return numpy.floor((portable_values(name, side * side) + 1) * 128).reshape(side, side)


def patches(values, system):
    """[3, S, S] -> [n, n] sums."""
    size, count = system.patch, system.side // system.patch
    whole = values[:, : count * size, : count * size]
    return whole.reshape(3, count, size, count, size).sum((0, 2, 4))


def scale(values):
    shifted = values - values.min()
    return shifted / (shifted.max() + 1e-8)


def mapper_attentions(system):
    return [layer.attn.weights for layer in system.mapper.clip_project.transformer.layers]


def latent_mean(layers, system):
    latent = system.case["mapper"]["latentLength"]
    return torch.stack([layer[0, :, latent:, :latent] for layer in layers]).mean((0, 1, 2))


def legrad(system, pixels, ids, pick):
    """stream -> [N]: the attention of each layer by that layer's own score, the sentence's when its mean token is the embedding."""
    system.visual(pixels)
    encoder = system.encoder
    maps = {stream: [] for stream in system.streams}
    for layer in range(len(system.attentions[0])):
        tokens = [encoder.vision_model.post_layernorm(states[layer].mean(1)) for states in system.hidden_states]
        visual = system.join([encoder.visual_projection(token) for token in tokens])
        score = pick(system.log_probabilities(visual, ids)[0])
        attention = [layers[layer] for layers in system.attentions]
        for stream, gradient in zip(system.streams, torch.autograd.grad(score, attention, retain_graph=True)):
            maps[stream].append(gradient.relu()[0].mean((0, 1))[1:])
    return {stream: torch.stack(layers).mean(0) for stream, layers in maps.items()}


def explain(system, pixels, black, tokens, pick, prefix):
    """Every map of one subject and target; `pick` sums the log-probabilities of the target's tokens."""
    ids = torch.tensor([tokens])
    batch = {stream: x[None].clone().requires_grad_() for stream, x in pixels.items()}
    by_token = system.log_probabilities(system.visual(batch), ids)
    score = pick(by_token[0])
    arrays = {f"{prefix}/logProbabilities": by_token[0]}
    streams = system.streams
    gradients = torch.autograd.grad(score, [batch[s] for s in streams], retain_graph=True)
    for stream, gradient in zip(streams, gradients):
        product = gradient[0] * (pixels[stream] - black)
        arrays[f"{prefix}/gradient-input/{stream}"] = patches(product, system)
    layers = mapper_attentions(system)
    arrays[f"{prefix}/latent/attention"] = scale(latent_mean(layers, system))
    clean = torch.autograd.grad(score, layers, retain_graph=True)
    arrays[f"{prefix}/latent/legrad-clean"] = scale(latent_mean([gradient.relu() for gradient in clean], system))

    # The public code's loss: dummies of id 0 stand where the prefix is.
    logits = system.logits(system.visual(batch), ids)
    labels = torch.cat([torch.zeros(1, system.case["mapper"]["prefixLength"], dtype=torch.long), ids], dim=1)
    loss = F.cross_entropy(logits[0, :-1], labels[0, 1:])
    reference = torch.autograd.grad(loss, mapper_attentions(system))
    scaled = scale(latent_mean([gradient.relu() for gradient in reference], system))
    arrays[f"{prefix}/latent/legrad-reference"] = (scaled * 255).floor() / 255
    arrays[f"{prefix}/latent/legrad-reference-exact"] = scaled

    if system.is_vit:
        for stream, found in legrad(system, batch, ids, pick).items():
            arrays[f"{prefix}/legrad/{stream}"] = found

    totals = {stream: torch.zeros_like(x) for stream, x in pixels.items()}
    for k in range(STEPS):
        share = (k + 0.5) / STEPS
        point = {s: (black + share * (x - black))[None].requires_grad_() for s, x in pixels.items()}
        value = pick(system.log_probabilities(system.visual(point), ids)[0])
        for stream, gradient in zip(streams, torch.autograd.grad(value, [point[s] for s in streams])):
            totals[stream] += gradient[0] / STEPS
    for stream in streams:
        arrays[f"{prefix}/integrated-gradients/{stream}"] = patches(totals[stream] * (pixels[stream] - black), system)

    with torch.no_grad():
        nothing = {stream: black[None] for stream in pixels}
        arrays[f"{prefix}/baselineScore"] = pick(system.log_probabilities(system.visual(nothing), ids)[0])[None]
        count, size = system.side // system.patch, system.patch
        for window in (1, 2):
            for stream in streams:
                places = count - window + 1
                sums, times = torch.zeros(count, count).to(black), torch.zeros(count, count).to(black)
                for top in range(places):
                    for left in range(places):
                        x = pixels[stream].clone()
                        rows = slice(top * size, (top + window) * size)
                        columns = slice(left * size, (left + window) * size)
                        x[:, rows, columns] = black[:, rows, columns]
                        covered = {**{s: y[None] for s, y in pixels.items()}, stream: x[None]}
                        loss = score - pick(system.log_probabilities(system.visual(covered), ids)[0])
                        sums[top : top + window, left : left + window] += loss
                        times[top : top + window, left : left + window] += 1
                arrays[f"{prefix}/occlusion-{window}/{stream}"] = sums / times
    return arrays


def run(seed, case, dtype):
    system = System(seed, case, dtype)
    black = clip_input(numpy.zeros((system.side, system.side)), dtype)
    arrays = {}
    for i, tokens in enumerate(case["sentences"]):
        names = {stream: f"input/{seed}/{i}/{stream}" for stream in ("image", "mask")}
        pixels = {stream: clip_input(square(names[stream], system.side), dtype) for stream in system.streams}
        for target, pick in {"sentence": lambda row: row.sum(), "token": lambda row: row[TOKEN]}.items():
            arrays |= explain(system, pixels, black, tokens, pick, f"{seed}/{i}/{target}")
    return system.shapes, arrays


def main():
    cases, arrays = [], {}
    for seed, case in CASES.items():
        parameters, single = run(seed, case, torch.float32)
        _, double = run(seed, case, torch.float64)
        arrays |= single
        stable = {name: array for name, array in single.items() if not name.endswith("legrad-reference")}
        cases.append(
            {"seed": seed, **case, "float32Noise": float32_noise(stable, double), "parameters": parameters}
        )
    write_golden(
        "explain",
        "explain.py",
        "<seed>/<sentence>/<target>/<method>/<stream> [n, n] (legrad [N]) and latent/<map> [L]; squares are portable levels of 8 bits",
        "when a configuration or a method is added",
        {"steps": STEPS, "token": TOKEN, "cases": cases},
        arrays,
    )


if __name__ == "__main__":
    main()
