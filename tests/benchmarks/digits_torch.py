"""The same in torch: the usual loop, on tensors that are in memory already."""

import sys

from common import ADAM_LR, BATCH, EPOCHS, HIDDEN, SGD_LR, one_thread, report, seconds

one_thread()

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch.nn.functional import cross_entropy  # noqa: E402

torch.set_num_threads(1)
stored = np.load(sys.argv[1])
RULES = {
    "SGD": lambda p: torch.optim.SGD(p, lr=SGD_LR),
    "Adam": lambda p: torch.optim.Adam(p, lr=ADAM_LR),
}


def train(rule, dtype):
    torch.manual_seed(0)
    torch.set_default_dtype(dtype)
    pixels = torch.tensor(stored["pixels"][stored["order"]] / 16, dtype=dtype)
    labels = torch.tensor(stored["labels"][stored["order"]].astype(np.int64))
    X, y, X_val, y_val = pixels[:1347], labels[:1347], pixels[1347:1572], labels[1347:1572]
    network = torch.nn.Sequential(
        torch.nn.Linear(64, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 10)
    )
    optimizer = rule(network.parameters())
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(y)).split(BATCH):
            optimizer.zero_grad()
            cross_entropy(network(X[batch]), y[batch]).backward()
            optimizer.step()
        with torch.no_grad():
            loss = cross_entropy(network(X), y).item()
            (network(X_val).argmax(1) == y_val).double().mean().item()
    return loss


for name, rule in RULES.items():
    for dtype in (torch.float64, torch.float32):
        loss = train(rule, dtype)
        time = seconds(lambda rule=rule, dtype=dtype: train(rule, dtype), 5)
        report(name=name, dtype=str(dtype)[6:], epochs=EPOCHS / time, loss=loss)
