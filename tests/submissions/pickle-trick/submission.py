# %%
import numpy as np

# %%
import os


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("@CANARY@-pickled",)


def critical_lr(H):
    return Bomb()
