# %%
import time

import numpy as np

END = time.monotonic() + 20

# %%
w = 1.0
while time.monotonic() < END:
    w -= 1e-9 * w


# %%
def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]
