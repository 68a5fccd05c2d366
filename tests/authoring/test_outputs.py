"""Outputs as they are committed, and the ones that are refused."""

from base64 import b64decode, b64encode
from io import BytesIO

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from course_lib.authoring.outputs import long_numbers, output_problems, tidy
from course_lib.authoring.pictures import look_alike, quantise

VIEW = "application/vnd.jupyter.widget-view+json"
ALT = {"image/png": {"alt": "A line that falls from one to zero."}}


def png(pixels, mode="RGB"):
    out = BytesIO()
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).convert(mode).save(out, format="png")
    return b64encode(out.getvalue()).decode()


def pixels(text):
    return np.asarray(Image.open(BytesIO(b64decode(text))).convert("RGB")).astype(int)


def gradient(height=40, width=60):
    """More than 256 colours."""
    row, column = np.mgrid[0:height, 0:width]
    return np.stack([row * 6, column * 4, row * 3 + column * 2], axis=-1)


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def shown(**data):
    return new_output("display_data", data={k.replace("_", "/"): v for k, v in data.items()})


def tidied(outputs, tags=()):
    cell = new_code_cell("x", outputs=outputs, metadata={"tags": list(tags)})
    tidy(new_notebook(cells=[cell]))
    return cell


def test_counts_run_from_one_and_pass_over_text():
    cells = [new_code_cell("x", execution_count=n) for n in (7, 3, None)]
    cells[1].outputs = [new_output("execute_result", data={"text/plain": "1"}, execution_count=3)]
    tidy(new_notebook(cells=cells))
    assert [cell.execution_count for cell in cells] == [1, 2, 3]
    assert cells[1].outputs[0].execution_count == 2


@pytest.mark.parametrize(
    ("outputs", "tags", "kept"),
    [
        ([stream("a\n"), stream("b\n")], (), [("stdout", "a\nb\n")]),
        (
            [stream("a"), stream("!", "stderr"), stream("b")],
            (),
            [("stdout", "ab"), ("stderr", "!")],
        ),
        ([stream("3.1 s")], ("timing",), []),
    ],
)
def test_streams_do_not_depend_on_the_clock(outputs, tags, kept):
    assert [(o.name, o.text) for o in tidied(outputs, tags).outputs] == kept


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({VIEW: {"model_id": "a1"}}, None),
        ({VIEW: {"model_id": "a1"}, "text/plain": "a slider"}, {"text/plain"}),
        (
            {VIEW: {}, "text/plain": "a", "image/png": png(gradient())},
            {"text/plain", "image/png"},
        ),
    ],
)
def test_a_widget_leaves_its_still(data, kept):
    outputs = tidied([new_output("display_data", data=data, metadata=ALT)]).outputs
    assert [set(output.data) for output in outputs] == ([kept] if kept else [])


def test_a_picture_gets_a_palette_and_keeps_its_looks():
    before = png(gradient())
    after = quantise(before)
    assert Image.open(BytesIO(b64decode(after))).mode == "P"
    assert np.abs(pixels(after) - gradient()).mean() < 6  # of 255 levels
    assert quantise(before + "\n") == after
    assert quantise(after) == after  # one with a palette is left alone


def test_a_transparent_picture_stands_on_white():
    clear = np.zeros((4, 4, 4))
    assert (pixels(quantise(png(clear, "RGBA"))) == 255).all()


@pytest.mark.parametrize(
    ("change", "alike"),
    [(0, True), (5, True), (60, False)],
)
def test_pictures_look_alike_up_to_rounding(change, alike):
    other = np.full((20, 20, 3), 100)
    other[3, 4] += change
    assert look_alike(png(np.full((20, 20, 3), 100)), png(other)) is alike


def test_pictures_of_two_sizes_differ():
    assert not look_alike(png(np.zeros((20, 20, 3))), png(np.zeros((20, 21, 3))))


@pytest.mark.parametrize(
    ("text", "long"),
    [
        ("0.9802", []),
        ("0.98020", ["0.98020"]),
        ("0.000012", []),
        ("0.00012345", ["0.00012345"]),
        ("-0.12345 and 2.5", ["-0.12345"]),
        ("[ 250000. -250000.       0.]", []),
        ("100.0 1000.0", []),
        ("1000.5", ["1000.5"]),
        ("22918 steps, 1,347 rows", []),
        ("1,347.25 rows", ["1,347.25"]),
        ("1.8e-08", []),
        ("1.8345e-08", ["1.8345e-08"]),
        ("1e-10", []),
        ("12345e-10", ["12345e-10"]),
        ("version 0.1.0", []),
        ("v10.12345.1 of 2024.01.15", []),
        ("lr=0.019802,", ["0.019802"]),
        ("0.12345s", ["0.12345"]),
        ("array([0.1234, 0.98765])", ["0.98765"]),
        ("It is 3.1416.", ["3.1416"]),
        ("It is 3.142.", []),
        ("id_1.23456", []),
    ],
)
def test_four_significant_digits_are_enough(text, long):
    assert long_numbers(text) == long


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (stream("RuntimeWarning: overflow\n", "stderr"), "writes to stderr: 'RuntimeWarning"),
        (shown(text_plain="<f at 0x7f3a2b1c9d00>"), "memory address, 0x7f3a2b1c9d00"),
        (shown(text_plain="/tmp/ipykernel_12/3.py:1"), "a place on this machine"),
        (stream("/home/ann/course\n"), "a place on this machine"),
        (stream("loss 0.123456\n"), "prints 0.123456; at most 4"),
        (shown(text_html="<b style='width:1.23456em'>0.98765</b>"), "prints 0.98765"),
        (shown(text_markdown="**0.98765**"), "prints 0.98765"),
        (shown(image_png=png(np.zeros((4, 4, 3)))), "without a text alternative"),
    ],
)
def test_what_changes_or_says_too_little_is_refused(output, words):
    (problem,) = output_problems(tidied([output]))
    assert words in problem


@pytest.mark.parametrize(
    "output",
    [
        stream("step 3: 0.1235 in 22918 steps, 0xff\n"),
        shown(text_html="<style>p{width:1.23456em}</style><p style='top:1.23456px'>0.5</p>"),
        new_output("display_data", data={"image/png": png(np.zeros((4, 4, 3)))}, metadata=ALT),
    ],
)
def test_a_fit_output_passes(output):
    assert output_problems(tidied([output])) == []
