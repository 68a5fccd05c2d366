# %%
import numpy as np

# %%
import time


def critical_lr(H):
    time.sleep(20)
