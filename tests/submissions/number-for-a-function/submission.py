# %%
import numpy as np

# %%
critical_lr = 0.2
