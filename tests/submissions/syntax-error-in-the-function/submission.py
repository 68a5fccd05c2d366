# %%
import numpy as np

# %%
def critical_lr(H)
    return 2 / np.linalg.eigvalsh(H)[-1]
