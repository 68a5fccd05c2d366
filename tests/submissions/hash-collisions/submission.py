# %%
import numpy as np


# %%
class Key(str):
    def __hash__(self):
        return 1


def critical_lr(H):
    return {Key(i): i for i in range(300)}
