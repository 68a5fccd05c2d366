# %%
import numpy as np

# %%
from scipy.linalg import eigh


def critical_lr(H):
    return 2 / eigh(H)[0][-1]
