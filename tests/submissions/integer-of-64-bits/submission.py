# %%
import numpy as np


# %%
def critical_lr(H):
    return 2**64 - 1
