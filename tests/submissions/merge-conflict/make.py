"""A notebook with git's conflict marks in its JSON; the message names them."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    mine, theirs = '"source": "x = 1"', '"source": "x = 2"'
    conflict = f"<<<<<<< HEAD\n{mine}\n=======\n{theirs}\n>>>>>>> branch\n"
    (folder / NAME).write_text(
        '{"cells": [{"cell_type": "code",\n' + conflict + '}], "nbformat": 4}'
    )
