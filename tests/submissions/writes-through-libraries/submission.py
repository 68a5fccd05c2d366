# %%
import logging
import multiprocessing.shared_memory
import sqlite3
import tempfile
import zipfile
import numpy as np


ATTEMPTS = {
    "save": lambda: np.save("@CANARY@-save", np.zeros(2)),
    "savez": lambda: np.savez("@CANARY@-savez", np.zeros(2)),
    "tofile": lambda: np.zeros(2).tofile("@CANARY@-tofile"),
    "memmap": lambda: np.memmap("@CANARY@-memmap", mode="w+", shape=(2,)),
    "sqlite3": lambda: sqlite3.connect("@CANARY@-db").execute("create table t (x)"),
    "log": lambda: logging.FileHandler("@CANARY@-log"),
    "tempfile": lambda: tempfile.NamedTemporaryFile(),
    "tempdir": lambda: tempfile.mkdtemp(),
    "shared": lambda: multiprocessing.shared_memory.SharedMemory("@NAME@", create=True, size=8),
    "zip": lambda: zipfile.ZipFile("@CANARY@-zip", "w"),
}


def refused(attempt):
    try:
        attempt()
    except (OSError, sqlite3.Error):
        return True
    return False


# %%
def critical_lr(H):
    worked = [name for name, attempt in ATTEMPTS.items() if not refused(attempt)]
    if worked:
        raise RuntimeError(f"it worked: {worked}")
    return 2 / np.linalg.eigvalsh(H)[-1]
