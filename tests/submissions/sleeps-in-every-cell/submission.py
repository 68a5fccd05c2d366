# %%
import numpy as np

# %%
import time

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)

# %%
time.sleep(0.1)


# %%
def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]
