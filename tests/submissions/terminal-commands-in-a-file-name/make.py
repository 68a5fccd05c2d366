"""A file whose name clears the terminal, and has two lines."""

import json

SOURCE = "import numpy as np\ndef critical_lr(H):\n    return 2 / np.linalg.eigvalsh(H)[-1]"
NAME = "02_gradient_descent.ipynb"


def make(folder):
    cells = [{"cell_type": "code", "source": SOURCE}]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / "\x1b[2J\n\u202e02_gradient_descent.ipynb").write_text(json.dumps(notebook))
