# %%
import numpy as np


# %%
def critical_lr(H):
    return float
