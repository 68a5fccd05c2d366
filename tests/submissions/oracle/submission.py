# %%
import numpy as np


def gradient_descent(grad, w0, lr, n):
    return np.array([grad(w0) for _ in range(n + 1)])
