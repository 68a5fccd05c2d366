# %%
import importlib
import os
import sys
import numpy as np


def load(folder, name):
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    importlib.import_module(name)


ATTEMPTS = {
    "neighbour": lambda: load("@SUBMISSIONS@/@NEIGHBOUR@", "helpers"),
    "tests": lambda: load("@PROJECT@/tests/grading", "classes"),
    "installed": lambda: load(os.path.dirname(os.path.dirname(np.__file__)), "nbformat"),
    "course": lambda: load("@PROJECT@", "course"),
}


def refused(attempt):
    try:
        attempt()
    except ImportError:
        return True
    return False


# %%
def critical_lr(H):
    worked = [name for name, attempt in ATTEMPTS.items() if not refused(attempt)]
    if worked:
        raise RuntimeError(f"it worked: {worked}")
    return 2 / np.linalg.eigvalsh(H)[-1]
