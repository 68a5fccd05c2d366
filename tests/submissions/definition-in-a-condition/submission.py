# %%
try:
    import numpy as np
except ImportError:
    np = None

# %%
if __name__ == "__main__":

    def critical_lr(H):
        return 2 / np.linalg.eigvalsh(H)[-1]
