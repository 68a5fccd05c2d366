"""A link in place of a notebook, to a file of the system; it is not followed."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).symlink_to("/etc/passwd")
