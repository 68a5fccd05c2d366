# %%
import numpy as np

# %%
def half(

# %%
The idea is to take the largest eigenvalue!

# %%
 x = 1
y = 2

# %%
<<<<<<< HEAD
x = 1
=======
x = 2
>>>>>>> other

# %%
def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]

# %%
print 'Python 2'
