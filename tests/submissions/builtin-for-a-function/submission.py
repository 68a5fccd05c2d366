# %%
import numpy as np

# %%
critical_lr = np.linalg.det
