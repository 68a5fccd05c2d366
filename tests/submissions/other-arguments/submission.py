# %%
import numpy as np


# %%
def critical_lr(H, lr):
    return 0.2
