"""Epochs per second of the network (64, 64, 10) on the digits, loss and accuracy once an epoch."""

from common import ADAM_LR, BATCH, EPOCHS, HIDDEN, SGD_LR, one_thread, report, seconds

one_thread()

import numpy as np  # noqa: E402

from course_lib.data import digits  # noqa: E402
from course_lib.descent import train  # noqa: E402
from course_lib.models import Network  # noqa: E402
from course_lib.optimizers import GD, Adam  # noqa: E402

data, network = digits(), Network((64, HIDDEN, 10))
for name, optimizer in {"SGD": GD(SGD_LR), "Adam": Adam(ADAM_LR)}.items():

    def run(optimizer=optimizer):
        rng = np.random.default_rng(0)
        return train(optimizer, network, data, EPOCHS, BATCH, rng, progress=False)

    loss = float(run().loss[-1])
    report(name=name, dtype="float64", epochs=EPOCHS / seconds(run), loss=loss)
