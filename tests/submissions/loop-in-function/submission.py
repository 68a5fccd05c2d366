# %%
import numpy as np

# %%
import time

END = time.monotonic() + 20


def critical_lr(H):
    while time.monotonic() < END:
        pass


def condition_number(H):
    sizes = np.abs(np.linalg.eigvalsh(H))
    return sizes.max() / sizes.min() if sizes.min() else np.inf
