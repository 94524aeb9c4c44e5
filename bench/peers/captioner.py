"""The paper's mapper and GPT-2 in plain PyTorch, on weights that this product has written: both peers build on it."""

import torch
import torch.nn.functional as F
from safetensors.torch import load_file


class Model:
    def __init__(self, path, mapper, decoder):
        self.weights = {name: tensor.clone() for name, tensor in load_file(path).items()}
        self.mapper_config, self.decoder_config = mapper, decoder

    def p(self, name):
        return self.weights[name]

    def mapper(self, visual):
        c = self.mapper_config
        latent, prefix, width = c["latentLength"], c["prefixLength"], c["decoderWidth"]
        x = F.linear(visual, self.p("clip_project.linear.weight"), self.p("clip_project.linear.bias"))
        learned = self.p("clip_project.prefix_const").unsqueeze(0).expand(len(visual), prefix, width)
        x = torch.cat([x.view(-1, latent, width), learned], 1)
        for i in range(c["layers"]):
            x = self.mapper_layer(x, f"clip_project.transformer.layers.{i}.", c["heads"])
        return x[:, latent:]

    def mapper_layer(self, x, at, heads):
        normed = F.layer_norm(x, x.shape[-1:], self.p(at + "norm1.weight"), self.p(at + "norm1.bias"))
        split = lambda t: t.view(*t.shape[:2], heads, -1).transpose(1, 2)
        q = F.linear(normed, self.p(at + "attn.to_queries.weight"))
        k, v = F.linear(normed, self.p(at + "attn.to_keys_values.weight")).chunk(2, -1)
        context = F.scaled_dot_product_attention(split(q), split(k), split(v)).transpose(1, 2).flatten(2)
        x = x + F.linear(context, self.p(at + "attn.project.weight"), self.p(at + "attn.project.bias"))
        normed = F.layer_norm(x, x.shape[-1:], self.p(at + "norm2.weight"), self.p(at + "norm2.bias"))
        hidden = F.relu(F.linear(normed, self.p(at + "mlp.fc1.weight"), self.p(at + "mlp.fc1.bias")))
        return x + F.linear(hidden, self.p(at + "mlp.fc2.weight"), self.p(at + "mlp.fc2.bias"))

    def d(self, name):
        return self.weights["gpt.transformer." + name]

    def embed(self, tokens):
        return F.embedding(tokens, self.d("wte.weight"))

    def hidden(self, embeds, start=0, cache=None, mask=None):
        """Hidden states after the final norm. `cache`: a list of (keys, values) a layer, which grows."""
        config = self.decoder_config
        width, heads = config["n_embd"], config["n_head"]
        length = embeds.shape[1]
        x = embeds + self.d("wpe.weight")[start : start + length]
        split = lambda t: t.view(*t.shape[:2], heads, -1).transpose(1, 2)
        for i in range(config["n_layer"]):
            at = f"h.{i}."
            normed = F.layer_norm(x, (width,), self.d(at + "ln_1.weight"), self.d(at + "ln_1.bias"))
            qkv = torch.addmm(self.d(at + "attn.c_attn.bias"), normed.flatten(0, 1), self.d(at + "attn.c_attn.weight"))
            q, k, v = (split(t) for t in qkv.view(*normed.shape[:2], -1).chunk(3, -1))
            if cache is not None:
                if cache[i] is not None:
                    k, v = torch.cat([cache[i][0], k], 2), torch.cat([cache[i][1], v], 2)
                cache[i] = (k, v)
            context = F.scaled_dot_product_attention(q, k, v, is_causal=length > 1)
            context = context.transpose(1, 2).flatten(2)
            x = x + self.conv1d(context, at + "attn.c_proj")
            normed = F.layer_norm(x, (width,), self.d(at + "ln_2.weight"), self.d(at + "ln_2.bias"))
            hidden = F.gelu(self.conv1d(normed, at + "mlp.c_fc"), approximate="tanh")
            x = x + self.conv1d(hidden, at + "mlp.c_proj")
        return F.layer_norm(x, (width,), self.d("ln_f.weight"), self.d("ln_f.bias"))

    def conv1d(self, x, name):
        flat = torch.addmm(self.d(name + ".bias"), x.flatten(0, -2), self.d(name + ".weight"))
        return flat.view(*x.shape[:-1], -1)

    def logits(self, hidden):
        return F.linear(hidden, self.d("wte.weight"))
