# %%
import _thread
import concurrent.futures
import threading
import numpy as np


ATTEMPTS = {
    "thread": lambda: threading.Thread(target=int).start(),
    "pool": lambda: concurrent.futures.ThreadPoolExecutor(1).submit(int).result(),
    "low": lambda: _thread.start_new_thread(int, ()),
}


def refused(attempt):
    try:
        attempt()
    except RuntimeError:
        return True
    return False


# %%
def critical_lr(H):
    worked = [name for name, attempt in ATTEMPTS.items() if not refused(attempt)]
    if worked:
        raise RuntimeError(f"it worked: {worked}")
    return 2 / np.linalg.eigvalsh(H)[-1]
