# %%
import ctypes
import numpy as np


ATTEMPTS = {
    "path": lambda: ctypes.CDLL("@PROJECT@/.venv/bin/python"),
    "cffi": lambda: ctypes.CDLL("/lib/x86_64-linux-gnu/libresolv.so.2"),
    "find": lambda: ctypes.CDLL("libutil.so.1"),
}


def refused(attempt):
    try:
        attempt()
    except OSError:
        return True
    return False


# %%
def critical_lr(H):
    worked = [name for name, attempt in ATTEMPTS.items() if not refused(attempt)]
    if worked:
        raise RuntimeError(f"it worked: {worked}")
    return 2 / np.linalg.eigvalsh(H)[-1]
