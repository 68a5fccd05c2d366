"""A PDF instead of a notebook."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / "solution.pdf").write_bytes(b"%PDF-1.4")
