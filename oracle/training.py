"""Golden files of training (REFERENCE.md sections 2.7, 2.8 and 3).

What: loss of the whole tiny model for both `id0InLoss` settings, gradients at the start, and whole runs of AdamW
(`hf`) steps: 30 with GPT-2 frozen, 10 with GPT-2 trained too; and 30 steps each of the other protocols and rules.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable weights and features.
Regenerate: when a case is added; the numbers must not change with a newer library.
"""

import torch
from torch.nn import functional as F

from adamw import BETAS, EPSILON, hf_step, learning_rates, zero_state
from golden_files import float32_noise, relative_l2, write_golden
from reference_models import build_gpt2, build_mapper, fill_portable, gpt2_parameters, portable_input, shapes_of
from sampling import sampled

SEED = "training"
MAPPER = {"kind": "transformer", "inputWidth": 12, "prefixLength": 3, "width": 16}
MAPPER |= {"latentLength": 4, "heads": 4, "layers": 2}
GPT2 = {"n_embd": 16, "n_head": 2, "n_layer": 2, "vocab_size": 61, "n_positions": 16}
GPT2 |= {"activation_function": "gelu_new", "layer_norm_epsilon": 1e-5}

# Token rows: id 0 first, inside, last, alone and doubled; one text is empty.
ROWS = [
    [5, 17, 42, 13], [7, 0, 9, 13], [], [0], [33, 2, 2, 58, 60, 1, 24, 13],
    [11, 13], [0, 0, 21], [44, 19, 8, 0], [29], [3, 55, 12, 46, 13],
    [50, 6, 0, 0, 37, 13], [18, 27, 13], [41, 10, 35, 15, 13], [60, 13], [1, 4, 16, 23, 30, 38, 13], [22, 49, 0, 13],
]  # fmt: skip
GRADIENT_BATCH = [0, 1, 2, 6, 4, 10]
BATCH = 4
FROZEN_STEPS, JOINT_STEPS = 30, 10
RATE, WARMUP = 1e-3, 5


def batches(steps):
    """A fixed walk over the rows: every batch has a target, rows come back in other company."""
    return [[(step * BATCH + i * (2 * (step // 4) + 1)) % len(ROWS) for i in range(BATCH)] for step in range(steps)]


class Model:
    """Mapper and GPT-2 with portable weights in one floating-point type."""

    def __init__(self, dtype):
        self.mapper, self.gpt2 = build_mapper(MAPPER), build_gpt2(GPT2)
        self.mapper_parameters = dict(self.mapper.named_parameters())
        self.gpt2_parameters = gpt2_parameters(self.gpt2)
        for module, parameters in ((self.mapper, self.mapper_parameters), (self.gpt2, self.gpt2_parameters)):
            fill_portable(parameters, SEED)
            module.to(dtype)
        self.features = portable_input(f"input/{SEED}/features", [len(ROWS), MAPPER["inputWidth"]]).to(dtype)

    def loss(self, rows, id0_in_loss):
        """One mean over the batch's targets; texts padded right with id 0."""
        length = max(len(ROWS[row]) for row in rows)
        tokens = torch.tensor([ROWS[row] + [0] * (length - len(ROWS[row])) for row in rows])
        prefix = self.mapper.clip_project(self.features[rows])
        embeddings = torch.cat([prefix, self.gpt2.transformer.wte(tokens)], dim=1)
        logits = self.gpt2(inputs_embeds=embeddings).logits[:, MAPPER["prefixLength"] - 1 : -1]
        if id0_in_loss:
            lengths = torch.tensor([len(ROWS[row]) for row in rows])
            counts = torch.arange(length) < lengths[:, None]
        else:
            counts = tokens != 0
        return F.cross_entropy(logits.flatten(0, 1), tokens.masked_fill(~counts, -100).flatten())


def gradients(dtype, id0_in_loss):
    model = Model(dtype)
    loss = model.loss(GRADIENT_BATCH, id0_in_loss)
    loss.backward()
    name = "id0" if id0_in_loss else "no-id0"
    parameters = model.mapper_parameters | model.gpt2_parameters
    return loss.item(), {f"gradient/{name}/{key}": tensor.grad for key, tensor in parameters.items()}


def torch_steps(tensor, weight_decay):
    """PyTorch's own AdamW behind the interface of `hf_step`."""
    optimizer = torch.optim.AdamW([tensor], lr=0.0, betas=BETAS, eps=EPSILON["torch"], weight_decay=weight_decay)

    def step(gradient, rate):
        tensor.grad, optimizer.param_groups[0]["lr"] = gradient, rate
        optimizer.step()

    return step


def train(dtype, joint, steps, id0_in_loss=True, rule="hf", weight_decay=0.0):
    """Per-step losses (before the update) and final - initial of every trained array."""
    model = Model(dtype)
    trained = model.mapper_parameters | (model.gpt2_parameters if joint else {})
    initial = {name: tensor.detach().clone() for name, tensor in trained.items()}
    states = {name: zero_state(tensor.detach()) for name, tensor in trained.items()}
    torch_rules = {name: torch_steps(tensor, weight_decay) for name, tensor in trained.items()}
    losses = []
    for step, (rows, rate) in enumerate(zip(batches(steps), learning_rates(RATE, WARMUP, steps)), start=1):
        loss = model.loss(rows, id0_in_loss)
        grads = torch.autograd.grad(loss, list(trained.values()))
        with torch.no_grad():
            for (name, tensor), gradient in zip(trained.items(), grads):
                if rule == "hf":
                    hf_step(tensor, gradient, states[name], step, rate, weight_decay)
                else:
                    torch_rules[name](gradient, rate)
        losses.append(loss.item())
    name = "joint" if joint else "frozen"
    return losses, {f"update/{name}/{key}": tensor.detach() - initial[key] for key, tensor in trained.items()}


def run_case(name, joint, steps, arrays):
    losses, single = train(torch.float32, joint, steps)
    exact_losses, double = train(torch.float64, joint, steps)
    arrays |= single
    loss_noise = relative_l2(torch.tensor(losses), torch.tensor(exact_losses, dtype=torch.float64))
    return {
        "run": name,
        "trained": "mapper and GPT-2" if joint else "mapper",
        "totalSteps": steps,
        "batches": batches(steps),
        "losses": losses,
        "lossNoise": float(f"{loss_noise:.3g}"),
        "float32Noise": float32_noise(single, double),
    }


# Protocol `reference` does not count id 0; PyTorch's AdamW comes with decay, and so does Hugging Face's once.
VARIANTS = {
    "reference": {"id0_in_loss": False},
    "torch": {"rule": "torch", "weight_decay": 0.01},
    "hf-decay": {"weight_decay": 0.01},
    "joint-torch": {"joint": True, "rule": "torch", "weight_decay": 0.01, "id0_in_loss": False},
}


def variant_case(name, arrays, joint=False, id0_in_loss=True, rule="hf", weight_decay=0.0):
    settings = {"id0_in_loss": id0_in_loss, "rule": rule, "weight_decay": weight_decay}
    losses, single = train(torch.float32, joint, FROZEN_STEPS, **settings)
    _, double = train(torch.float64, joint, FROZEN_STEPS, **settings)
    kind = "joint" if joint else "frozen"
    single = {key.replace(f"/{kind}/", f"/{name}/"): sampled(array) for key, array in single.items()}
    double = {key.replace(f"/{kind}/", f"/{name}/"): sampled(array) for key, array in double.items()}
    arrays |= single
    return {
        "run": name,
        "trained": kind,
        "id0InLoss": id0_in_loss,
        "rule": rule,
        "epsilon": EPSILON[rule],
        "weightDecay": weight_decay,
        "totalSteps": FROZEN_STEPS,
        "batches": batches(FROZEN_STEPS),
        "losses": losses,
        "float32Noise": float32_noise(single, double),
        # Arrays whose gradient is zero but for rounding (a bias of the keys moves no softmax): Adam turns it into steps.
        "noisy": {
            key.split("/", 2)[2]: float(f"{relative_l2(array, double[key]):.3g}")
            for key, array in single.items()
            if relative_l2(array, double[key]) > 1e-3
        },
    }


def main():
    arrays, losses = {}, []
    for id0_in_loss in (True, False):
        loss, single = gradients(torch.float32, id0_in_loss)
        exact_loss, double = gradients(torch.float64, id0_in_loss)
        arrays |= single
        losses.append(
            {
                "id0InLoss": id0_in_loss,
                "gradients": "id0" if id0_in_loss else "no-id0",
                "loss": loss,
                "float64Loss": exact_loss,
                "float32Noise": float32_noise(single, double),
            }
        )
    runs = [run_case("frozen", False, FROZEN_STEPS, arrays), run_case("joint", True, JOINT_STEPS, arrays)]
    variants = [variant_case(name, arrays, **settings) for name, settings in VARIANTS.items()]
    model = Model(torch.float32)
    write_golden(
        "training",
        "training.py",
        "gradient/{id0,no-id0}/<parameter> of the loss over the rows of gradientBatch; "
        "update/{frozen,joint}/<parameter> = final - initial of a run; losses per step, before that step's update",
        "when a case is added",
        {
            "seed": SEED,
            "mapper": MAPPER,
            "gpt2": GPT2,
            "features": {"name": f"input/{SEED}/features", "shape": [len(ROWS), MAPPER["inputWidth"]]},
            "rows": ROWS,
            "gradientBatch": GRADIENT_BATCH,
            "losses": losses,
            "adamw": {"rule": "hf", "betas": BETAS, "epsilon": EPSILON["hf"], "weightDecay": 0},
            "schedule": {"learningRate": RATE, "warmup": WARMUP},
            "runs": runs,
            "variants": variants,
            "mapperParameters": shapes_of(model.mapper_parameters),
            "gpt2Parameters": shapes_of(model.gpt2_parameters),
        },
        arrays,
    )


if __name__ == "__main__":
    main()
