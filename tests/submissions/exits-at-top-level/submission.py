# %%
import numpy as np

# %%
import sys

sys.exit(1)

# %%
raise SystemExit

# %%
raise KeyboardInterrupt


# %%
def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]
