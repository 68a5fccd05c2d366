# %%
import numpy as np

# %%
import itertools


def critical_lr(H):
    return itertools.count()
