"""The same in torch.optim: one setting after another, so only a few are timed.

"autograd" is how it is mostly written; "by hand" is handed the same gradient as the course.
"""

from common import SIZES, START, STEPS, learning_rates, one_thread, report, seconds

one_thread()

import torch  # noqa: E402

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def value(w):
    x, y = w
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def gradient(w):
    x, y = w.tolist()
    wall = y - x**2
    return torch.tensor([-2 * (1 - x) - 400 * x * wall, 200 * wall])


def run(lr, how):
    w = torch.nn.Parameter(torch.tensor(START))
    optimizer = torch.optim.Adam([w], lr=float(lr))
    for _ in range(STEPS):
        if how == "autograd":
            optimizer.zero_grad()
            value(w).backward()
        else:
            w.grad = gradient(w.detach())
        optimizer.step()
    return w.detach().tolist()


for how in ("autograd", "by hand"):
    lr = learning_rates(SIZES[0])[0]
    once = seconds(lambda how=how, lr=lr: run(lr, how))
    report(size=1, how=how, seconds=once, ends=run(lr, how))
