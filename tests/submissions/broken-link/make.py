"""A link that leads nowhere."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).symlink_to("nowhere")
