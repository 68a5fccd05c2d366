# %%
import os
import sys
import numpy as np


ATTEMPTS = {
    "numpy": lambda: open(np.__file__, "r+b"),
    "standard library": lambda: open(os.__file__, "ab"),
    "the course": lambda: open("@PROJECT@/course_lib/__init__.py", "r+b"),
    "a file beside": lambda: os.open(os.path.dirname(np.__file__), os.O_TMPFILE | os.O_RDWR),
    "interpreter": lambda: open(sys.executable, "r+b"),
    "site": lambda: os.open(
        os.path.dirname(os.path.dirname(np.__file__)), os.O_TMPFILE | os.O_RDWR
    ),
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
