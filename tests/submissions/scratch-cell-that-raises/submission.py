# %%
1 / 0

# %%
import numpy as np

1 / 0
raise BaseException
assert False


# %%
def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]


undefined

# %%
[][0]
