# %%
import numpy as np


# %%
def critical_lr(H):
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    raise ExceptionGroup("ring", [one, other])
