# %%
import numpy as np

# %%
import collections
import itertools


def critical_lr(H):
    collections.deque(itertools.repeat(0, 10**9), maxlen=0)
