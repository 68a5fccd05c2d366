# %%
import numpy as np

# %%
import os


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("@CANARY@-object-array",)


def critical_lr(H):
    return np.array([Bomb(), Bomb()], dtype=object)
