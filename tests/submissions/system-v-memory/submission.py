# %%
import ctypes
import platform
import numpy as np


libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    """A system call by its number on x86-64; elsewhere nothing is tried."""
    if platform.machine() != "x86_64":
        raise PermissionError
    if libc.syscall(number, *map(ctypes.c_long, arguments)) == -1:
        raise OSError(ctypes.get_errno(), "refused")


ATTEMPTS = {
    "shmget": lambda: call(29, @KEY@, 4096, 0o1600),
    "semget": lambda: call(64, @KEY@, 1, 0o1600),
    "msgget": lambda: call(68, @KEY@, 0o1600),
    "mq_open": lambda: call(240, 0, 0, 0, 0),
    "mq_unlink": lambda: call(241, 0),
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
