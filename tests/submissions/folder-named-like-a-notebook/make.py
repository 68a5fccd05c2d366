"""A folder with the name of a notebook, and nothing in it."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).mkdir()
