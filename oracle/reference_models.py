"""The models of REFERENCE.md section 2 in PyTorch, with portable weights.

What: both mappers (section 2.6) under their official tensor names, tiny GPT-2s (section 2.7), and portable filling.
Versions: see requirements.txt. Seed: the tensor names (portable.py).
Regenerate: never on its own; it is imported by the other scripts.
"""

import torch
from torch import nn
from torch.nn import functional as F
from transformers import GPT2Config, GPT2LMHeadModel

from portable import portable_tensor, portable_values


def portable_input(name, shape):
    """Raw portable values in [-1, 1), named "input/...", in the wanted shape."""
    count = torch.Size(shape).numel()
    return torch.as_tensor(portable_values(name, count)).to(torch.float32).reshape(shape)


class Attention(nn.Module):
    """Full self-attention: queries and stacked [keys; values] without bias, output with bias."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.to_queries = nn.Linear(width, width, bias=False)
        self.to_keys_values = nn.Linear(width, 2 * width, bias=False)
        self.project = nn.Linear(width, width)

    def forward(self, x):  # [B, S, W]
        def by_head(y):
            return y.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # [B, H, S, D]

        keys, values = self.to_keys_values(x).chunk(2, dim=-1)
        queries, keys, values = by_head(self.to_queries(x)), by_head(keys), by_head(values)
        scores = queries @ keys.transpose(-1, -2) * queries.shape[-1] ** -0.5
        self.weights = scores.softmax(-1)  # [B, H, S, S], kept for explain.py
        return self.project((self.weights @ values).transpose(1, 2).flatten(-2))


class Mlp(nn.Module):
    """Ratio 2, ReLU."""

    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(width, 2 * width)
        self.fc2 = nn.Linear(2 * width, width)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


class Layer(nn.Module):
    """Pre-norm residual layer."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-5)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-5)
        self.mlp = Mlp(width)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Layers(nn.Module):
    def __init__(self, width, heads, count):
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(count))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class TransformerMapper(nn.Module):
    """Linear to L_c tokens, a learned prefix of L_p after them, layers; the last L_p outputs are the prefix."""

    def __init__(self, config):
        super().__init__()
        self.latent, width = config["latentLength"], config["width"]
        self.linear = nn.Linear(config["inputWidth"], self.latent * width)
        self.prefix_const = nn.Parameter(torch.empty(config["prefixLength"], width))
        self.transformer = Layers(width, config["heads"], config["layers"])

    def forward(self, features):  # [B, d] -> [B, L_p, h]
        latent = self.linear(features).unflatten(-1, (self.latent, -1))
        prefix = self.prefix_const.expand(len(features), -1, -1)
        return self.transformer(torch.cat([latent, prefix], dim=1))[:, self.latent :]


class MlpMapper(nn.Module):
    """d -> h L_p / 2 -> tanh -> h L_p."""

    def __init__(self, config):
        super().__init__()
        self.prefix, total = config["prefixLength"], config["prefixLength"] * config["width"]
        self.model = nn.Sequential(
            nn.Linear(config["inputWidth"], total // 2), nn.Tanh(), nn.Linear(total // 2, total)
        )

    def forward(self, features):  # [B, d] -> [B, L_p, h]
        return self.model(features).unflatten(-1, (self.prefix, -1))


def build_mapper(config):
    """The mapper wrapped so that its parameters carry the official prefix `clip_project.`."""
    kinds = {"transformer": TransformerMapper, "mlp": MlpMapper}
    return nn.ModuleDict({"clip_project": kinds[config["kind"]](config)})


def build_gpt2(config):
    """Hugging Face's GPT-2 from a tiny config.json, without dropout."""
    no_dropout = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
    no_special_tokens = {"bos_token_id": None, "eos_token_id": None}
    return GPT2LMHeadModel(
        GPT2Config(**config, **no_dropout, **no_special_tokens, attn_implementation="eager")
    ).eval()


def gpt2_parameters(model):
    """Parameters under the hub's names (no `transformer.`); the output layer is tied, so it has no name of its own."""
    return {name.removeprefix("transformer."): tensor for name, tensor in model.named_parameters()}


def fill_portable(parameters, seed, scales=None):
    """Sets every parameter to portable_tensor("<seed>/<name>"), times the factor of the ending it has."""
    with torch.no_grad():
        for name, parameter in parameters.items():
            values = torch.as_tensor(portable_tensor(f"{seed}/{name}", tuple(parameter.shape)))
            factors = [factor for ending, factor in (scales or {}).items() if name.endswith(ending)]
            parameter.copy_(values * factors[0] if factors else values)


def shapes_of(parameters):
    return {name: list(tensor.shape) for name, tensor in parameters.items()}
