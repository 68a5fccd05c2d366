"""A named pipe in place of a notebook: reading it would wait for ever."""

import os

NAME = "02_gradient_descent.ipynb"


def make(folder):
    os.mkfifo(folder / NAME)
