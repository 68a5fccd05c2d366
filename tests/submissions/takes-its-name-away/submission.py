# %%
import numpy as np


# %%
def critical_lr(H):
    del globals()["critical_lr"]
    return 2 / np.linalg.eigvalsh(H)[-1]
