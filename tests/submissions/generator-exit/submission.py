# %%
import numpy as np


# %%
def critical_lr(H):
    raise GeneratorExit if H.shape == (2, 2) else StopIteration(2 / np.linalg.eigvalsh(H)[-1])
