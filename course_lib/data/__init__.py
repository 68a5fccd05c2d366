"""Two small real data sets, packaged with the course. Sources and licences: SOURCES.md beside it.

Every call reads the file anew and gives fresh arrays, so writing into them harms nobody.
"""

from importlib.resources import files
from typing import NamedTuple

import numpy as np


class Examples(NamedTuple):
    """X (n, features) and y (n,)."""

    X: np.ndarray
    y: np.ndarray


class Splits(NamedTuple):
    """Examples to learn from, to choose with, and to judge by."""

    train: Examples
    validation: Examples
    test: Examples


class Diabetes(NamedTuple):
    """Ten measurements of 442 patients, and how their diabetes went on."""

    X: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]


def digits() -> Splits:
    """1797 images of 8 x 8 pixels, X (n, 64) in [0, 1], y the digit 0 .. 9.

    Always the same split: 1347 images to train, 225 to validate, 225 to test, after one shuffle
    whose order is stored with the data. A pixel is a count of ink from 0 to 16, divided by 16.
    Shuffled, the three parts share their writers: accuracy on new writers is lower.
    Source: Alpaydin and Kaynak 1998 (UCI), the test part, as packaged by scikit-learn.
    """
    stored = _read("digits.npz")
    order = stored["order"]
    X, y = stored["pixels"][order] / 16.0, stored["labels"][order].astype(np.int64)
    parts = np.split(np.arange(len(y)), [1347, 1347 + 225])
    return Splits(*(Examples(X[part], y[part]) for part in parts))


def diabetes() -> Diabetes:
    """442 patients, X (442, 10) as measured and y (442,), the progression of the disease in a year.

    Columns: age in years, sex (1 or 2), body mass index, mean blood pressure, and six values of
    blood serum: total cholesterol, LDL, HDL, total cholesterol over HDL, the log of triglycerides
    (it is believed), glucose. Nothing is scaled: that is yours to do.
    Source: Efron, Hastie, Johnstone and Tibshirani 2004, as packaged by scikit-learn.
    """
    stored = _read("diabetes.npz")
    names = ("age", "sex", "bmi", "bp", "tc", "ldl", "hdl", "tch", "ltg", "glu")
    return Diabetes(stored["X"], stored["y"], names)


def _read(name: str) -> dict[str, np.ndarray]:
    with (files(__name__) / name).open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return dict(stored)
