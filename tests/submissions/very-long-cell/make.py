"""A notebook with a cell of a megabyte."""

import json


def make(folder):
    sources = [
        "import numpy as np",
        "TABLE = [" + "1.0, " * 10_000 + "]",
        "TEXT = '''" + "one line\n" * 100_000 + "'''",
        "def critical_lr(H):\n    return 2 / np.linalg.eigvalsh(H)[-1]",
    ]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / "02_gradient_descent.ipynb").write_text(json.dumps(notebook))
