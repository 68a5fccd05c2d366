# %%
import fcntl
import numpy as np


ATTEMPTS = {
    "flock": lambda: fcntl.flock(open(np.__file__), fcntl.LOCK_EX | fcntl.LOCK_NB),
    "lockf": lambda: fcntl.lockf(open(np.__file__), fcntl.LOCK_SH | fcntl.LOCK_NB),
    "lease": lambda: fcntl.fcntl(open(np.__file__), fcntl.F_SETLEASE, fcntl.F_RDLCK),
    "owner": lambda: fcntl.fcntl(0, fcntl.F_SETOWN, 0),
    "flags": lambda: fcntl.fcntl(4, fcntl.F_SETFL, 0),
    "pipe size": lambda: fcntl.fcntl(4, 1031, 4096),
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
