"""A right notebook, and a module beside it that would shadow NumPy."""

import json


def make(folder):
    (folder / "numpy.py").write_text("raise SystemExit")
    (folder / "sitecustomize.py").write_text("raise SystemExit")
    source = "import numpy as np\ndef critical_lr(H):\n    return 2 / np.linalg.eigvalsh(H)[-1]"
    cells = [{"cell_type": "code", "source": source}]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / "02_gradient_descent.ipynb").write_text(json.dumps(notebook))
