# %%
import os
import numpy as np


ATTEMPTS = {
    "/": lambda: os.listdir("/"),
    "/tmp": lambda: os.listdir("/tmp"),
    "/etc": lambda: os.listdir("/etc"),
    "/proc": lambda: os.listdir("/proc"),
    "/sys": lambda: os.listdir("/sys"),
    "/dev": lambda: os.listdir("/dev"),
    "@SUBMISSIONS@": lambda: os.listdir("@SUBMISSIONS@"),
    "@OUT@": lambda: os.listdir("@OUT@"),
    "@PROJECT@": lambda: os.listdir("@PROJECT@"),
    "@PROJECT@/tests": lambda: os.listdir("@PROJECT@/tests"),
}


def refused(attempt):
    try:
        attempt()
    except PermissionError:
        return True
    return False


# %%
def critical_lr(H):
    worked = [name for name, attempt in ATTEMPTS.items() if not refused(attempt)]
    if worked:
        raise RuntimeError(f"it worked: {worked}")
    return 2 / np.linalg.eigvalsh(H)[-1]
