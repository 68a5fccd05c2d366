# %%
import numpy as np


ATTEMPTS = {
    "/etc/passwd": lambda: open("/etc/passwd").read(1),
    "/etc/hostname": lambda: open("/etc/hostname").read(1),
    "/proc/version": lambda: open("/proc/version").read(1),
    "/proc/meminfo": lambda: open("/proc/meminfo").read(1),
    "/sys/kernel/uevent_seqnum": lambda: open("/sys/kernel/uevent_seqnum").read(1),
    "/dev/zero": lambda: open("/dev/zero").read(1),
    "/dev/urandom": lambda: open("/dev/urandom").read(1),
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
