# %%
import numpy as np

# %%
deep = 0.2
for _ in range(1000):
    deep = [deep]


def critical_lr(H):
    return deep
