# %%
import os
import numpy as np


ATTEMPTS = {
    "mem": lambda: open(f"/proc/{os.getppid()}/mem", "rb").read(1),
    "environ": lambda: open(f"/proc/{os.getppid()}/environ", "rb").read(1),
    "maps": lambda: open(f"/proc/{os.getppid()}/maps", "rb").read(1),
    "cmdline": lambda: open(f"/proc/{os.getppid()}/cmdline", "rb").read(1),
    "link exe": lambda: os.readlink(f"/proc/{os.getppid()}/exe"),
    "link cwd": lambda: os.readlink(f"/proc/{os.getppid()}/cwd"),
    "link fd/0": lambda: os.readlink(f"/proc/{os.getppid()}/fd/0"),
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
