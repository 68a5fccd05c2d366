# %%
import numpy as np


# %%
def critical_lr(H):
    raise ValueError("x" * (10 << 20))
