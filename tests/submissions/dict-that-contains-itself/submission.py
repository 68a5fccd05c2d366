# %%
import numpy as np

# %%
ring = {}
ring["me"] = ring


def critical_lr(H):
    return ring
