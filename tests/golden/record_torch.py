"""Record what torch.optim does, so that the tests can compare without torch.

Run in an environment of its own, with torch 2.13.0 and NumPy, from the root of the repository:

    python tests/golden/record_torch.py

It writes tests/golden/torch.npz (see cases.py).
"""

import numpy as np
import torch
from cases import DROP, FACTOR, record
from torch.optim import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, RMSprop

# name: parameters -> optimizer. A new optimizer is a new row here and one in test_optimizers.py.
OPTIMIZERS = {
    "gd": lambda p: SGD(p, lr=0.1),
    "gd-tiny-lr": lambda p: SGD(p, lr=1e-6),
    "momentum": lambda p: SGD(p, lr=0.1, momentum=0.9),
    "momentum-0.5": lambda p: SGD(p, lr=0.03, momentum=0.5),
    "momentum-0.99": lambda p: SGD(p, lr=0.001, momentum=0.99),
    "nesterov": lambda p: SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adagrad": lambda p: Adagrad(p, lr=0.1, eps=1e-10),
    "adagrad-eps-1e-3": lambda p: Adagrad(p, lr=0.1, eps=1e-3),
    "adagrad-eps-1e-8": lambda p: Adagrad(p, lr=0.1, eps=1e-8),
    "adadelta": lambda p: Adadelta(p, lr=1.0, rho=0.95, eps=1e-6),
    "adadelta-eps-1e-3": lambda p: Adadelta(p, lr=0.5, rho=0.9, eps=1e-3),
    "adadelta-eps-1e-8": lambda p: Adadelta(p, lr=1.0, rho=0.9, eps=1e-8),
    "rmsprop": lambda p: RMSprop(p, lr=0.01, alpha=0.9, eps=1e-8),
    "rmsprop-eps-1e-3": lambda p: RMSprop(p, lr=0.01, alpha=0.99, eps=1e-3),
    "adam": lambda p: Adam(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8),
    "adam-eps-1e-3": lambda p: Adam(p, lr=0.1, betas=(0.5, 0.9), eps=1e-3),
    "amsgrad": lambda p: Adam(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8, amsgrad=True),
    "amsgrad-eps-1e-3": lambda p: Adam(p, lr=0.1, betas=(0.5, 0.9), eps=1e-3, amsgrad=True),
    # mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2): 0.96^1e6 is 0 in float64, so mu_t is beta1.
    "nadam": lambda p: NAdam(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8, momentum_decay=1e6),
    "nadam-eps-1e-3": lambda p: NAdam(p, lr=0.1, betas=(0.5, 0.9), eps=1e-3, momentum_decay=1e6),
    "nadam-scheduled": lambda p: NAdam(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8),
    "adamw": lambda p: AdamW(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2),
    "adamw-eps-1e-3": lambda p: AdamW(p, lr=0.1, betas=(0.5, 0.9), eps=1e-3, weight_decay=0.5),
}
CONSTANT_LR = {  # with the same gradients, and a learning rate that stays
    "nesterov-constant": lambda p: SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "nesterov-constant-0.5": lambda p: SGD(p, lr=0.03, momentum=0.5, nesterov=True),
}


def run(row, start, grads):
    make, factor = row
    w = torch.nn.Parameter(torch.tensor(start))
    optimizer = make([w])
    path = [start]
    for t, g in enumerate(grads):
        if t == DROP:
            for group in optimizer.param_groups:
                group["lr"] *= factor
        w.grad = torch.tensor(g)
        optimizer.step()
        path.append(w.detach().numpy().copy())
    return np.stack(path)


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)  # or constants inside torch are rounded to float32
    falling = {name: (make, FACTOR) for name, make in OPTIMIZERS.items()}
    constant = {name: (make, 1.0) for name, make in CONSTANT_LR.items()}
    record("torch", torch.__version__, falling | constant, run)
