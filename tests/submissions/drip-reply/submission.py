# %%
import numpy as np

# %%
import os
import time


def critical_lr(H):
    os.write(4, b"\x00\x00\x10\x00")
    for _ in range(1000):
        os.write(4, b"\x90")
        time.sleep(0.02)
