# %%
import numpy as np

# %%
import time

END = time.monotonic() + 20

while time.monotonic() < END:
    pass


def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]
