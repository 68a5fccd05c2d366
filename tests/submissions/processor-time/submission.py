# %%
import numpy as np

# %%
import time


def critical_lr(H):
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    return 2 / np.linalg.eigvalsh(H)[-1]
