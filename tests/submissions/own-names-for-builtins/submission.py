# %%
import numpy as np

# %%
list = [1, 2, 3]
max = 3
float = 0.5
print = "hello"
range = None


def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]
