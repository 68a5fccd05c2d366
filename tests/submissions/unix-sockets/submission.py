# %%
import socket
import numpy as np


ATTEMPTS = {
    "pair": lambda: socket.socketpair(),
    "path": lambda: socket.socket(socket.AF_UNIX).connect("@UNIX@"),
    "abstract": lambda: socket.socket(socket.AF_UNIX).connect("\0@ABSTRACT@"),
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
