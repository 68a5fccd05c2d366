"""A notebook with half of a surrogate pair in a cell and in its metadata."""

import json

NAME = "02_gradient_descent.ipynb"


def make(folder):
    source = (
        "import numpy as np\nx = '\ud800'\n"
        "def critical_lr(H):\n    return 2 / np.linalg.eigvalsh(H)[-1]"
    )
    cells = [{"cell_type": "code", "source": source}]
    metadata = {"course": {"lesson": "02_gradient_descent", "version": "\ud800"}}
    (folder / NAME).write_text(json.dumps({"nbformat": 4, "metadata": metadata, "cells": cells}))
