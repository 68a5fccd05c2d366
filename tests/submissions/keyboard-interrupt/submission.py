# %%
import numpy as np


# %%
def critical_lr(H):
    raise KeyboardInterrupt
