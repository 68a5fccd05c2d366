# %%
import numpy as np

# %%
import warnings

count = 0


def critical_lr(H):
    global count
    for _ in range(200):
        count += 1
        warnings.warn(f"{count} \ud800 <b>" + "x" * 10000)
    return 2 / np.linalg.eigvalsh(H)[-1]
