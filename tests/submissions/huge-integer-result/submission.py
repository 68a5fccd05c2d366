# %%
import numpy as np


# %%
def critical_lr(H):
    return 10**1000
