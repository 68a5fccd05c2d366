"""A notebook with a NUL byte in one cell, escaped as JSON wants it."""

import json


def make(folder):
    sources = [
        "import numpy as np",
        "x = 1\x00",
        "def critical_lr(H):\n    return 2 / np.linalg.eigvalsh(H)[-1]",
    ]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / "02_gradient_descent.ipynb").write_text(json.dumps(notebook))
