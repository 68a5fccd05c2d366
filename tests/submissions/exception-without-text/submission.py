# %%
import numpy as np


# %%
class Mute(Exception):
    def __str__(self):
        raise self

    __repr__ = __str__


def critical_lr(H):
    raise Mute
