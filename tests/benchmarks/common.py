"""What all benchmarks share: the task, one thread, and how time is taken. NumPy only."""

import json
import os
import time

import numpy as np

SIZES, STEPS, REPEATS = (1, 100, 10_000), 300, 9
START = (-1.2, 1.0)
HIDDEN, BATCH, EPOCHS, SGD_LR, ADAM_LR = 64, 32, 10, 0.1, 1e-3


def learning_rates(size):
    return np.geomspace(1e-4, 0.1, size)


def one_thread():
    """Stay on one core, where the system lets a process choose."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def seconds(call, repeats=REPEATS):
    """The least of several runs, in CPU time: on one core, the wall clock of an idle machine."""
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        call()
        times.append(time.process_time() - begin)
    return min(times)


def report(**figures):
    print(json.dumps(figures))
