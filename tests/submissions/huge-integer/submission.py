# %%
import numpy as np


# %%
def critical_lr(H):
    return 7 ** (2 * 10**7) % 10
