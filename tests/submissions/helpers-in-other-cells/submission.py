# %%
import numpy as np

# %%
TWO = 2


# %%
def critical_lr(H):
    return TWO / steepest(H)


# %%
from math import inf


def steepest(H):
    return eigenvalues(H).max()


# %%
eigenvalues = np.linalg.eigvalsh
