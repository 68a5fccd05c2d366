# %%
import multiprocessing
import os
import subprocess
import numpy as np


ATTEMPTS = {
    "fork": lambda: os.fork() or os._exit(0),
    "forkpty": lambda: os.forkpty()[0] or os._exit(0),
    "vfork": lambda: subprocess.Popen(["true"]).wait(),
    "multiprocessing": lambda: multiprocessing.get_context("fork").Process(target=print).start(),
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
