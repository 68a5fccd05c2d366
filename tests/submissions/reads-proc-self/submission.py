# %%
import numpy as np


ATTEMPTS = {
    "environ": lambda: open("/proc/self/environ", "rb").read(1),
    "maps": lambda: open("/proc/self/maps", "rb").read(1),
    "mem": lambda: open("/proc/self/mem", "rb").read(1),
    "cmdline": lambda: open("/proc/self/cmdline", "rb").read(1),
    "status": lambda: open("/proc/self/status", "rb").read(1),
    "mounts": lambda: open("/proc/self/mounts", "rb").read(1),
    "fd/0": lambda: open("/proc/self/fd/0", "rb").read(1),
    "fdinfo/3": lambda: open("/proc/self/fdinfo/3", "rb").read(1),
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
