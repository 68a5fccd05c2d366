"""JSON with the same key twice: the last one counts, as everywhere."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    right = "import numpy as np\\ndef critical_lr(H):\\n    return 2 / np.linalg.eigvalsh(H)[-1]"
    cell = '{"cell_type": "code", "source": "x = 1", "source": "' + right + '"}'
    (folder / NAME).write_text(
        '{"nbformat": 3, "nbformat": 4, "metadata": {}, "cells": [' + cell + "]}"
    )
