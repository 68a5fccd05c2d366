# %%
import numpy as np


# %%
def critical_lr(H):
    raise ValueError("=1+1;@SUM(A1)<script>alert(1)</script>\x1b]0;owned\x07\x9b2J\x00\u202e\ud800")
