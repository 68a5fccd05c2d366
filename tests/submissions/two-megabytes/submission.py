# %%
import numpy as np


# %%
def critical_lr(H):
    return np.zeros(1 << 18)
