# %%
import numpy as np

# %%
x = 1
