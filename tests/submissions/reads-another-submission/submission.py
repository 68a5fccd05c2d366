# %%
import numpy as np


ATTEMPTS = {
    "neighbour": lambda: open("@SUBMISSIONS@/@NEIGHBOUR@/02_gradient_descent.ipynb").read(),
}


def refused(attempt):
    try:
        attempt()
    except PermissionError:
        return True
    return False


# %%
def critical_lr(H):
    worked = [name for name, attempt in ATTEMPTS.items() if not refused(attempt)]
    if worked:
        raise RuntimeError(f"it worked: {worked}")
    return 2 / np.linalg.eigvalsh(H)[-1]
