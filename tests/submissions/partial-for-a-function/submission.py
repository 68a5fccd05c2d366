# %%
import numpy as np

# %%
import functools


def over_steepest(factor, H):
    return factor / np.linalg.eigvalsh(H)[-1]


critical_lr = functools.partial(over_steepest, 2)
