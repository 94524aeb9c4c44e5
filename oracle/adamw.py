"""AdamW as the reference trains with it (REFERENCE.md section 3), and PyTorch's own, as one step function each.

What: both step rules, and when run as a script their golden files: learning rates and ten updates on small arrays.
Versions: see requirements.txt and the header of the manifest. Seed: none, portable arrays.
Regenerate: when a rule or a case is added; the numbers must not change with a newer library.
"""

import math

import torch
from transformers import get_linear_schedule_with_warmup

from golden_files import write_golden
from reference_models import portable_input

BETAS = (0.9, 0.999)
EPSILON = {"hf": 1e-6, "torch": 1e-8}


def hf_step(parameter, gradient, state, step, rate, weight_decay=0.0):
    """The old Hugging Face rule: eps joins the uncorrected sqrt(v), the correction sits in the step, decay follows.

    step counts from 1; `state` holds m and v and is changed in place, as the parameter is.
    """
    beta1, beta2 = BETAS
    state["m"].mul_(beta1).add_(gradient, alpha=1 - beta1)
    state["v"].mul_(beta2).add_(gradient * gradient, alpha=1 - beta2)
    corrected_rate = rate * math.sqrt(1 - beta2**step) / (1 - beta1**step)
    parameter.sub_(corrected_rate * state["m"] / (state["v"].sqrt() + EPSILON["hf"]))
    if weight_decay > 0:
        parameter.sub_(rate * weight_decay * parameter)


def zero_state(parameter):
    return {"m": torch.zeros_like(parameter), "v": torch.zeros_like(parameter)}


def learning_rates(base, warmup, total):
    """Every learning rate of a run, from transformers' schedule over a real optimiser."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    schedule = get_linear_schedule_with_warmup(optimizer, warmup, total)
    rates = []
    for _ in range(total):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


def schedule_case(warmup, total, updates):
    rates = learning_rates(2e-5, warmup, total)
    return {
        "learningRate": 2e-5,
        "warmup": warmup,
        "totalSteps": total,
        "updates": updates,
        "rates": [rates[update] for update in updates],
    }


SHAPES = {"matrix": [3, 4], "vector": [5]}
RATES = [0.0, 2.5e-4, 5e-4, 7.5e-4, 1e-3, 8e-4, 6e-4, 4e-4, 2e-4, 1e-4]


def gradient_of(name, step):
    """Gradients that tell the rules apart: element 0 is always zero, element 1 about as small as eps, element 2 large."""
    gradient = portable_input(f"input/adamw/{name}/{step}", SHAPES[name]).flatten() * 2**-4
    gradient[0] = 0
    gradient[1] *= 2**-16
    gradient[2] *= 2**7
    return gradient.reshape(SHAPES[name])


def hf_run(start, gradients, weight_decay):
    parameter, states = start.clone(), []
    state = zero_state(parameter)
    for step, (rate, gradient) in enumerate(zip(RATES, gradients), start=1):
        hf_step(parameter, gradient, state, step, rate, weight_decay)
        states.append((parameter.clone(), state["m"].clone(), state["v"].clone()))
    return states


def torch_run(start, gradients, weight_decay):
    parameter, states = torch.nn.Parameter(start.clone()), []
    optimizer = torch.optim.AdamW(
        [parameter], betas=BETAS, eps=EPSILON["torch"], weight_decay=weight_decay, foreach=False
    )
    for rate, gradient in zip(RATES, gradients):
        optimizer.param_groups[0]["lr"] = rate
        parameter.grad = gradient.clone()
        optimizer.step()
        state = optimizer.state[parameter]
        states.append((parameter.detach().clone(), state["exp_avg"].clone(), state["exp_avg_sq"].clone()))
    return states


def main():
    arrays, cases = {}, []
    gradients = {name: [gradient_of(name, step) for step in range(1, len(RATES) + 1)] for name in SHAPES}
    starts = {name: portable_input(f"input/adamw/{name}/start", shape) for name, shape in SHAPES.items()}
    for name in SHAPES:
        arrays[f"{name}/start"] = starts[name]
        arrays[f"{name}/gradients"] = torch.stack(gradients[name])
    for rule, run in {"hf": hf_run, "torch": torch_run}.items():
        for weight_decay in (0.0, 0.01):
            case = f"{rule}-{weight_decay:g}"
            for name in SHAPES:
                columns = zip(*run(starts[name], gradients[name], weight_decay))
                for quantity, values in zip(("p", "m", "v"), columns):
                    arrays[f"{case}/{name}/{quantity}"] = torch.stack(values)
            cases.append({"case": case, "rule": rule, "epsilon": EPSILON[rule], "weightDecay": weight_decay})
    write_golden(
        "adamw",
        "adamw.py",
        "Learning rates of the linear schedule; <array>/start [...] and <array>/gradients [10, ...]; "
        "<case>/<array>/{p,m,v} [10, ...] after each of ten AdamW updates",
        "when a rule or a case is added",
        {
            "betas": BETAS,
            "rates": RATES,
            "arrays": SHAPES,
            "cases": cases,
            "schedules": [
                schedule_case(5, 30, list(range(30))),
                schedule_case(500, 3640, [*range(30), 498, 499, 500, 501, 502, 2000, 3638, 3639]),
                schedule_case(500, 180, [0, 1, 90, 179]),
                schedule_case(0, 10, list(range(10))),
            ],
        },
        arrays,
    )


if __name__ == "__main__":
    main()
