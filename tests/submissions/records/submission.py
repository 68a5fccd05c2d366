# %%
import numpy as np


# %%
def critical_lr(H):
    return np.zeros(3, dtype=[("a", "f8"), ("b", "O")])
