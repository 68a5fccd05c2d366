"""A link to a neighbour's notebook; it is not followed."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).symlink_to("../@NEIGHBOUR@/02_gradient_descent.ipynb")
