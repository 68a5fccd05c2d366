# %%
import numpy as np


# %%
class CourseAnswerUsed(Exception):
    pass


def critical_lr(H):
    raise CourseAnswerUsed
