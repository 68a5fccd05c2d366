# %%
import numpy as np


# %%
def critical_lr(H):
    np.empty(2 << 30, np.uint8)
    return 2 / np.linalg.eigvalsh(H)[-1]
