# %%
import numpy as np

# %%
import time

END = time.monotonic() + 20


class Clinging:
    def __del__(self):
        while time.monotonic() < END:
            pass


def critical_lr(H):
    keep = Clinging()
    return 2 / np.linalg.eigvalsh(H)[-1] if keep else 0.0
