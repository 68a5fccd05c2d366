# %%
import numpy as np

# %%
import re


def critical_lr(H):
    re.match(r"(a+)+$", "a" * 27 + "b")
