# %%
import numpy as np


def best_lr_and_rate(eigenvalues):
    m, L = min(eigenvalues), max(eigenvalues)
    return np.array([2 / (m + L), (L - m) / (L + m)])
