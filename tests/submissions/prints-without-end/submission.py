# %%
import numpy as np

# %%
import time

END = time.monotonic() + 20


def critical_lr(H):
    while time.monotonic() < END:
        print("x" * 10000)
