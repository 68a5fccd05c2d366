# %%
import importlib.machinery
import os
import numpy as np


ATTEMPTS = {
    "open": lambda: open("@PROJECT@/course_lib/exercises/gradient_descent.py").read(),
    "low": lambda: os.open("@PROJECT@/course_lib/exercises/gradient_descent.py", os.O_RDONLY),
    "path only": lambda: os.listdir("@PROJECT@/course_lib"),
    "dots": lambda: open(
        "/proc/self/root/@PROJECT@/course_lib/exercises/gradient_descent.py"
    ).read(),
    "loader": lambda: importlib.machinery.SourceFileLoader(
        "x", "@PROJECT@/course_lib/optimizers.py"
    ).load_module(),
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
