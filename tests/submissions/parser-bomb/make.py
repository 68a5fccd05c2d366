"""A notebook with cells that are hard to parse."""

import json


def make(folder):
    sources = [
        "(" * 50_000,
        "x = " + "-" * 50_000 + "1",
        "x = " + "1 + " * 5_000 + "1",
        "x = " + "a." * 20_000 + "b",
        "if 1:\n" * 200 + "x = 1",
        "x = 1" + "0" * 100_000,
        "x = f'{" * 500,
        "%" * 10_000,
        "import numpy as np",
        "def critical_lr(H):\n    return 2 / np.linalg.eigvalsh(H)[-1]",
    ]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / "02_gradient_descent.ipynb").write_text(json.dumps(notebook))
