"""A notebook that an editor has saved with a byte order mark, and with Windows' line ends."""

import json

NAME = "02_gradient_descent.ipynb"


def make(folder):
    source = "import numpy as np\r\ndef critical_lr(H):\r\n    return 2 / np.linalg.eigvalsh(H)[-1]"
    cells = [{"cell_type": "code", "source": source.splitlines(keepends=True)}]
    text = json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}, indent=1)
    (folder / NAME).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
