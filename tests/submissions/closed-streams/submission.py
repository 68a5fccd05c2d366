# %%
import numpy as np

# %%
import sys

sys.stdout.close()
sys.stderr = None


def critical_lr(H):
    try:
        print("hello")
    except ValueError:
        pass
    return 2 / np.linalg.eigvalsh(H)[-1]
