# %%
import numpy as np


# %%
class Gone(BaseException):
    pass


def critical_lr(H):
    raise Gone("for ever")
