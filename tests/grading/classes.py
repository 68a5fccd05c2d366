"""A class of made-up students for lesson 02: what each hands in, and what it must earn."""

from __future__ import annotations

import filecmp
import random
from pathlib import Path

import nbformat

LESSON = "02_gradient_descent"
RAISE = "    raise NotImplementedError()"
DESCENT = """
def gradient_descent(grad, w0, lr, n):
    path = [np.array(w0, dtype=float)]
    for _ in range(n):
        path.append({update})
    return {returned}
"""
RIGHT = DESCENT.format(update="path[-1] - lr * grad(path[-1])", returned="np.array(path)")

# exercise -> (what a student may write, the status it must get)
ANSWERS: dict[str, list[tuple[str, str]]] = {
    "gradient-descent": [
        (RIGHT, "passed"),
        (RIGHT.replace("- lr", "+ lr"), "failed: ascent"),
        (RIGHT.replace("grad(path[-1])", "grad(path[0])"), "failed: gradient-at-start"),
        (RIGHT.replace("np.array(path)", "np.array(path[1:])"), "failed: no-start-row"),
        ("def gradient_descent(grad, w0, lr, n):\n" + RAISE, "not attempted"),
        ("", "not found"),
    ],
    "critical-lr": [
        ("def critical_lr(H):\n    return 2 / np.linalg.eigvalsh(H)[-1]", "passed"),
        ("def critical_lr(H):\n    return 1 / np.linalg.eigvalsh(H)[-1]", "failed: one-over-l"),
        ("def critical_lr(H):\n    return 2 / np.trace(H)", "failed: trace"),
        ("def critical_lr(H):\n    return 2 / H.largest()", "crashed"),
        ("def critical_lr(H)\n    return 2", "not found"),
    ],
    "best-lr-and-rate": [
        (
            "def best_lr_and_rate(eigenvalues):\n    m, L = min(eigenvalues), max(eigenvalues)\n"
            "    return 2 / (m + L), (L - m) / (L + m)",
            "passed",
        ),
        (
            "def best_lr_and_rate(eigenvalues):\n    m, L = min(eigenvalues), max(eigenvalues)\n"
            "    return 2 / L, (L - m) / (L + m)",
            "failed: critical-not-best",
        ),
        ("def best_lr_and_rate(eigenvalues):\n    return None", "failed"),
    ],
    "condition-number": [
        (
            "def condition_number(H):\n    e = np.abs(np.linalg.eigvalsh(H))\n"
            "    return e.max() / e.min() if e.min() else np.inf",
            "passed",
        ),
        ("condition_number = 100", "not a function"),
    ],
    "standardize": [
        (
            "def standardize(train, test):\n    mean, std = train.mean(0), train.std(0)\n"
            "    std[std == 0] = 1\n    return (train - mean) / std, (test - mean) / std",
            "passed",
        ),
        (
            "def standardize(train, test):\n    mean, std = train.mean(0), train.std(0)\n"
            "    std[std == 0] = 1\n    return (train - mean) / std, (test - test.mean(0)) / std",
            "failed",
        ),
    ],
}
CLUTTER = [
    "import numpy as np",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])",
    "%matplotlib inline\n!ls",
    "this is not Python",
    "1 / 0",
    "for step in range(1000):\n    loss = step ** 2",
]


def write_notebook(path: Path, cells: list[str], **course: str) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell, id=f"c{i}") for i, cell in enumerate(cells)],
        metadata={"course": course},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook), "utf-8")


def write_class(folder: Path, size: int, seed: int = 1) -> dict[str, dict[str, str]]:
    """Write `size` submissions; returns student -> exercise -> the status it must get."""
    random_ = random.Random(seed)
    wanted = {}
    for number in range(size):
        student = f"student {number:03d}"
        chosen = {name: random_.choice(answers) for name, answers in ANSWERS.items()}
        cells = [CLUTTER[0], *(source for source, _ in chosen.values())]
        for extra in random_.sample(CLUTTER[1:], 2):
            cells.insert(random_.randrange(1, len(cells) + 1), extra)
        write_notebook(folder / student / f"{LESSON}.ipynb", cells, lesson=LESSON)
        wanted[student] = {name: status for name, (_, status) in chosen.items()}
    return wanted


def same_files(one: Path, other: Path) -> None:
    """Two folders hold the same files, byte for byte."""
    names = {p.relative_to(one) for p in one.rglob("*") if p.is_file()}
    assert names == {p.relative_to(other) for p in other.rglob("*") if p.is_file()}
    _, differing, errors = filecmp.cmpfiles(one, other, names, shallow=False)
    assert (differing, errors) == ([], [])
