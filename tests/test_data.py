"""The packaged data against what their publishers say about them."""

import hashlib
import re
from importlib.resources import files

import numpy as np
import pytest

from course_lib.data import diabetes, digits

FOLDER = files("course_lib.data")


def test_digits_are_the_published_ones():
    parts = digits()
    X, y = (np.concatenate([getattr(part, name) for part in parts]) for name in ("X", "y"))
    assert X.shape == (1797, 64)
    # the class counts that UCI gives for the test part, optdigits.tes
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    pixels = X * 16
    np.testing.assert_array_equal(pixels, np.round(pixels))
    assert (pixels.min(), pixels.max()) == (0, 16)


def test_digits_split():
    parts = digits()
    assert [len(part.y) for part in parts] == [1347, 225, 225]
    for part in parts:
        assert part.X.shape == (len(part.y), 64)
        assert set(part.y.tolist()) == set(range(10))  # every part knows every digit
        assert part.X.dtype == np.float64
        assert part.y.dtype == np.int64


def test_the_stored_order_is_a_shuffle():
    with np.load(str(FOLDER / "digits.npz")) as stored:
        order = stored["order"]
    assert sorted(order.tolist()) == list(range(1797))
    assert order.tolist() != sorted(order.tolist())


def test_diabetes_is_the_published_table():
    X, y, names = diabetes()
    assert X.shape == (442, 10)
    assert y.shape == (442,)
    assert names == ("age", "sex", "bmi", "bp", "tc", "ldl", "hdl", "tch", "ltg", "glu")
    # Efron et al. 2004, table 1, rounded there to one decimal: the first and the last patient
    np.testing.assert_allclose(X[0], [59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.9, 87], atol=0.05)
    np.testing.assert_allclose(X[-1], [36, 1, 19.6, 71, 250, 133.2, 97, 3, 4.6, 92], atol=0.05)
    assert (y[0], y[-1]) == (151, 57)


@pytest.mark.parametrize("load", [digits, diabetes])
def test_writing_into_the_arrays_harms_nobody(load):
    first = load()
    array = first.X if load is diabetes else first.train.X
    before = array.copy()
    array[:] = -1
    again = load()
    np.testing.assert_array_equal(again.X if load is diabetes else again.train.X, before)


@pytest.mark.parametrize("name", ["digits.npz", "diabetes.npz"])
def test_checksum_is_the_one_in_sources(name):
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    sources = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    assert re.search(rf"^{digest}  {name}$", sources, re.MULTILINE)
