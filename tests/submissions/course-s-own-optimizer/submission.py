# %%
from course_lib.optimizers import GD
import numpy as np


# %%
def gradient_descent(grad, w0, lr, n):
    return GD(lr).step(w0, grad(w0), ())
