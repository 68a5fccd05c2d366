"""A notebook that names a lesson that is not there, under the name of one that is."""

import json

SOURCE = "import numpy as np\ndef critical_lr(H):\n    return 2 / np.linalg.eigvalsh(H)[-1]"
NAME = "02_gradient_descent.ipynb"


def make(folder):
    cells = [{"cell_type": "code", "source": SOURCE}]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"course": {"lesson": "../../99_secret", "version": 3}},
        "cells": cells,
    }
    (folder / NAME).write_text(json.dumps(notebook))
