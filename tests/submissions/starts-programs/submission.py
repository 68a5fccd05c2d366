# %%
import os
import subprocess
import numpy as np


def refuse():
    raise PermissionError


ATTEMPTS = {
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "system": lambda: os.system("true") == 0 or refuse(),
    "subprocess": lambda: subprocess.run(["true"], check=False),
    "popen": lambda: os.popen("true"),
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
