# %%
import numpy as np

# %%
name = input("Your name? ")


# %%
def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]


# %%
getpass = __import__("getpass").getpass()
