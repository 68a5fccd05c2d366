# %%
%matplotlib inline
%config InlineBackend.figure_format = 'retina'
!pip list
!!ls
files = !ls
?print
print??
%time x = 1

# %%
%%time
import numpy as np

# %%
%%bash
ls

# %%
%%html
<b>x</b>

# %%
%load_ext autoreload
%autoreload 2

# %%
%%time
def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]

# %%
%%writefile @CANARY@-magic
x = 1

# %%
%timeit critical_lr(np.eye(2))
