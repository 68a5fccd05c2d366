# %%
import numpy as np


# %%
def critical_lr(H):
    raise ValueError


critical_lr.__wrapped__ = critical_lr
