# %%
import numpy as np

# %%
import warnings

warnings.simplefilter("ignore")


async def later():
    return 0.2


def critical_lr(H):
    return later()
