"""A notebook that names no lesson, in itself or in its name."""

import json

SOURCE = "import numpy as np\ndef critical_lr(H):\n    return 2 / np.linalg.eigvalsh(H)[-1]"
NAME = "02_gradient_descent.ipynb"


def make(folder):
    cells = [{"cell_type": "code", "source": SOURCE}]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / "homework.ipynb").write_text(json.dumps(notebook))
