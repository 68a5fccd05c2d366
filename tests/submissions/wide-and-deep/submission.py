# %%
import numpy as np

# %%
tree = [0.2] * 100
for _ in range(3):
    tree = [tree] * 100


def critical_lr(H):
    return tree
