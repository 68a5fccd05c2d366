# %%
import numpy as np
from course_lib.exercises import check, hint, predict, progress, ready

# %%
predict("critical-lr", 3)
hint("critical-lr")


# %%
def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]


# %%
check("critical-lr", critical_lr)

# %%
limit = ready("critical-lr", critical_lr)
print(limit(np.eye(2)))
assert check("critical-lr", critical_lr).passed
progress()
