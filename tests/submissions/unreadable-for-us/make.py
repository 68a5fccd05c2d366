"""A file without permission to read; root reads it all the same, and finds no JSON."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).write_text("secret")
    (folder / NAME).chmod(0)
