# %%
import numpy as np

# %%
import ctypes


def critical_lr(H):
    ctypes.string_at(0)
