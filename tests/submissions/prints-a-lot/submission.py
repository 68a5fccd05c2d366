# %%
import numpy as np

# %%
import os
import sys


def critical_lr(H):
    print("<script>alert(1)</script>\x1b[2J=1+1\ud800" + "x" * 1000000)
    sys.stderr.write("x" * 1000000)
    os.write(1, b"x" * 1000000)
    return 2 / np.linalg.eigvalsh(H)[-1]
