"""A Python file under a notebook's name."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).write_text("def critical_lr(H):\n    return 0.2\n")
