"""A notebook of format 3, with worksheets."""

import json

NAME = "02_gradient_descent.ipynb"


def make(folder):
    source = "import numpy as np\ndef critical_lr(H):\n    return 2 / np.linalg.eigvalsh(H)[-1]"
    cells = [{"cell_type": "code", "input": source, "language": "python", "outputs": []}]
    notebook = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {},
        "worksheets": [{"cells": cells}],
    }
    (folder / NAME).write_text(json.dumps(notebook))
