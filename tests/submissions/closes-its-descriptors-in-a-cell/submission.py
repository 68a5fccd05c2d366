# %%
import numpy as np

# %%
import os

os.closerange(0, 1024)


def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]
