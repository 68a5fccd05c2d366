# %%
import numpy as np


def right(grad, w0, lr, n):
    path = [np.array(w0, dtype=float)]
    for _ in range(n):
        path.append(path[-1] - lr * grad(path[-1]))
    return np.array(path)


# %%
def gradient_descent(grad, w0, lr, n):
    path = right(grad, w0, lr, n)
    return np.ma.masked_all_like(path) * np.nan
