"""What every explorer promises, for each of them; and the panel by itself."""

from __future__ import annotations

import io
import re
import threading
import time
from dataclasses import dataclass
from functools import cache, partial
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from course_lib.explorers import (
    adadelta_knobs,
    adam_moments,
    choose_start,
    coordinate_lr,
    depth_signals,
    difference_error,
    gradient_burst,
    gradient_cloud,
    momentum_map,
    penalty_ball,
    quadratic_model,
    race,
    schedule_curve,
    search_in_fog,
    seed_luck,
    singular_values,
    step_anatomy,
    step_size,
    two_well_particles,
)
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, player, slider
from course_lib.optimizers import GD, Adam, Momentum

race_of_three = partial(race, {"GD": GD, "momentum": Momentum, "Adam": Adam})
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
EXPLORERS = [
    # made by, the setting to move, where to
    (step_size, "lr", 2.1),
    (step_size, "lr", 0.01),
    (step_size, "k", 1),
    (step_size, "steps", 0),
    (step_size, "x", -4.0),
    (step_size, "y", 0.0),
    (difference_error, "exponent", 0.0),
    (difference_error, "exponent", -16.0),
    (difference_error, "exponent", -7.0),
    (gradient_burst, "size", 1),
    (gradient_burst, "length", 1),
    (gradient_burst, "rho", 0.99),
    (adam_moments, "pattern", 7),
    (adam_moments, "beta1", 0.0),
    (adam_moments, "beta2", 0.9),
    (coordinate_lr, "exponent", -1.5),
    (coordinate_lr, "turn", 45),
    (coordinate_lr, "steps", 1),
    (momentum_map, "lr", 3.9),
    (momentum_map, "beta", 0.9),
    (momentum_map, "steps", 0),
    (step_anatomy, "lr", 1.0),
    (step_anatomy, "beta", 0.0),
    (step_anatomy, "t", 12),
    (step_anatomy, "x", -2.0),
    (step_anatomy, "y", 0.5),
    (search_in_fog, "looks", 200),
    (search_in_fog, "reach", 0.1),
    (search_in_fog, "luck", 3),
    (search_in_fog, "x", 12.0),
    (search_in_fog, "y", -2.0),
    (seed_luck, "seeds", 12),
    (seed_luck, "first", 5),
    (gradient_cloud, "power", 0),
    (gradient_cloud, "power", 9),
    (gradient_cloud, "place", 0.0),
    (gradient_cloud, "place", 0.35),
    (schedule_curve, "kind", 7),
    (schedule_curve, "base", 0.3),
    (schedule_curve, "warmup", 30),
    (schedule_curve, "noise", 0.0),
    (choose_start, "surface", 3),
    (choose_start, "x", -0.5),
    (choose_start, "y", 0.0),
    (choose_start, "lr", 0.5),
    (choose_start, "steps", 0),
    (adadelta_knobs, "exponent", -2.0),
    (adadelta_knobs, "rho", 0.5),
    (quadratic_model, "x", -5.0),
    (quadratic_model, "y", 2.0),
    (quadratic_model, "damping", 40),
    (two_well_particles, "power", 0),
    (two_well_particles, "lr", 0.05),
    (two_well_particles, "steps", 0),
    (penalty_ball, "exponent", 1.0),
    (penalty_ball, "mix", 1.0),
    (penalty_ball, "angle", -45),
    (singular_values, "polynomial", 2),
    (singular_values, "steps", 0),
    (singular_values, "columns", 256),
    (depth_signals, "kind", 3),
    (depth_signals, "gain", 3.0),
    (depth_signals, "gain", 0.05),
    (depth_signals, "layers", 2),
    (depth_signals, "layers", 20),
    (race_of_three, "surface", "Himmelblau"),
    (race_of_three, "turn", 45),
    (race_of_three, "x", 3.0),
    (race_of_three, "y", -5.0),
    (race_of_three, "steps", 0),
]
each_setting = pytest.mark.parametrize(("make", "setting", "value"), EXPLORERS)
each_explorer = pytest.mark.parametrize("make", list(dict.fromkeys(row[0] for row in EXPLORERS)))


_one = cache(lambda make: make())


def fresh(make):
    """An explorer at its beginning. Making one takes longer than moving one: they are kept."""
    explorer = _one(make)
    explorer.reset()
    return explorer


def shown(explorer):
    return explorer.screen.png, explorer.screen.finding, explorer.screen.code


@each_setting
def test_a_control_changes_everything_and_reset_brings_it_back(make, setting, value):
    explorer = fresh(make)
    before = shown(explorer)
    explorer.controls[setting].value = value
    assert all(new != old for new, old in zip(shown(explorer), before, strict=True))
    *_, reset = explorer.panel.children[-2].children
    reset.click()
    assert shown(explorer) == before


@each_setting
def test_the_way_to_a_setting_leaves_no_trace(make, setting, value):
    explorer = fresh(make)
    explorer.controls[setting].value = value
    straight, there = shown(explorer), explorer.settings
    explorer.reset()
    for name, control in explorer.controls.items():
        if hasattr(control, "max"):
            control.value = control.max if name != setting else control.min
    for name, control in explorer.controls.items():
        control.value = there[name]
    assert shown(explorer) == straight


@each_setting
def test_at_most_four_significant_digits(make, setting, value):
    explorer = fresh(make)
    explorer.controls[setting].value = value
    words = re.sub(r"e-\d+", "", f"{explorer!r} {explorer.view.code}")
    for number in re.findall(r"\d+\.?\d*", words):
        assert len(number.replace(".", "").strip("0")) <= 4, number


@each_explorer
def test_it_shows_as_widget_picture_and_text(make):
    explorer = fresh(make)
    data, metadata = explorer._repr_mimebundle_()
    assert data[WIDGET_VIEW]["model_id"] == explorer.panel.model_id
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == repr(explorer)
    assert metadata["image/png"]["alt"] == explorer.view.finding
    again, _ = make()._repr_mimebundle_()
    assert {mime for mime in data if data[mime] == again[mime]} == {"image/png", "text/plain"}


@each_explorer
def test_controls_have_words_and_report_while_they_move(make):
    explorer = fresh(make)
    for control in explorer.controls.values():
        assert re.search("[a-z]{3}", control.description)
        assert getattr(control, "continuous_update", True)
        if hasattr(control, "step"):  # between two steps, the page would move it
            steps = (control.value - control.min) / control.step
            assert steps == pytest.approx(round(steps), abs=1e-6)
    assert explorer.screen.title == explorer.title


@dataclass
class Words:
    finding: str
    code: str


def test_the_same_settings_are_drawn_once():
    asked = []

    def look(x):
        asked.append(x)
        return Words(f"x < {x} & more", f'f("{x}")')

    x = slider(widgets.IntSlider, "the x", value=1, min=0, max=9)
    explorer = Explorer("a test", {"x": x}, [[x]], look, lambda view: view.code.encode())
    assert shown(explorer) == (b'f("1")', "x < 1 & more", 'f("1")')
    x.value = 1
    explorer._refresh()
    assert asked == [1]
    x.value = 2
    assert asked == [1, 2]
    assert repr(explorer) == "[explorer] a test. x < 2 & more"


def test_a_button_calls_its_function():
    pressed = []
    made = button("go", "goes", lambda: pressed.append(1))
    made.click()
    assert pressed == [1]


def a_grab(scale="linear"):
    """An explorer whose picture is one axes with x from 1 to 100; a drag there moves x and y."""
    fig = Figure(figsize=(4, 3), dpi=50, layout="constrained")
    ax = fig.add_subplot(xscale=scale, xlim=(1, 100), ylim=(-1, 1), xlabel="x", ylabel="y")
    canvas, asked = Canvas(fig, []), []

    def look(x, y):
        asked.append((x, y))
        return Words(f"x is {x}", f"f({x}, {y})")

    explorer = Explorer(
        "a test",
        {
            "x": slider(widgets.IntSlider, "the x", value=7, min=0, max=60),
            "y": slider(widgets.FloatSlider, "the y", value=0.0, min=-1, max=0.8, step=0.1),
        },
        [[]],
        look,
        lambda view: canvas.png(),
        [Grab(ax, lambda x, y: {"x": x, "y": y}, "drag the dot")],
    )
    return explorer, asked


@pytest.mark.parametrize(
    ("scale", "place", "x", "y"),
    [
        ("linear", (0.0, 0.5), 1, 0.0),
        ("linear", (0.1, 0.25), 11, -0.5),  # 1 + 9.9
        ("log", (0.5, 0.27), 10, -0.5),  # to the nearest step
        ("log", (1.0, 1.0), 60, 0.8),  # both sliders end before the axes do
    ],
)
def test_a_drag_moves_the_sliders_to_the_place_and_draws_once(scale, place, x, y):
    explorer, asked = a_grab(scale)
    explorer.screen.grab = [0, *place]
    assert (explorer.settings["x"], explorer.settings["y"]) == (x, pytest.approx(y))
    assert isinstance(explorer.settings["x"], int)
    assert asked[1:] == [(x, pytest.approx(y))]


def test_the_box_to_drag_in_is_where_the_axes_are_in_the_picture():
    explorer, _ = a_grab()
    ((left, top, width, height),) = [grab["box"] for grab in explorer.screen.grabs]
    pixels = np.asarray(Image.open(io.BytesIO(explorer.screen.png)).convert("L"))
    rows, columns = pixels.shape
    spine_x, spine_y = round(left * columns), round((top + height) * rows)
    assert pixels[rows // 3, spine_x - 2 : spine_x + 2].min() < 150  # the left spine
    assert pixels[spine_y - 2 : spine_y + 2, columns // 2].min() < 150  # the one below
    assert pixels[round((top + height / 2) * rows), round((left + width / 2) * columns)] == 255


@each_explorer
def test_every_place_to_drag_leads_to_settings_that_exist(make):
    explorer = fresh(make)
    for number, grab in enumerate(explorer.screen.grabs):
        assert re.search("drag|click", grab["hint"])
        before = explorer.settings
        explorer.screen.grab = [number, 0.31, 0.42]
        explorer.screen.grab = [number, 0.72, 0.66]
        assert explorer.settings != before


def test_a_player_steps_within_its_slider():
    steps = slider(widgets.IntSlider, "steps taken", value=1, min=0, max=2)
    _, play, back, on = player(steps)
    assert (play.min, play.max, play.value) == (0, 2, 1)
    seen = []
    for press in (on, on, back, back, back):
        press.click()
        seen.append(steps.value)
    assert seen == [2, 2, 1, 0, 0]


def test_a_player_takes_the_steps_of_its_slider():
    steps = slider(widgets.IntSlider, "steps taken", value=40, min=0, max=50, step=20)
    _, play, back, on = player(steps)
    assert (play.step, back.description, on.description) == (20, "\N{MINUS SIGN}20", "+20")
    seen = []
    for press in (on, back, back):
        press.click()
        seen.append(steps.value)
    assert seen == [50, 30, 10]


def test_two_threads_draw_one_after_the_other():
    """As in JupyterLab, which hands messages of the page to the kernel's main thread or another."""
    drawing, at_once = [], []

    def draw(view):
        drawing.append(view)
        time.sleep(0.02)
        at_once.append(len(drawing))
        drawing.clear()
        return b""

    sliders = {name: widgets.IntSlider(value=0) for name in ("a", "b")}
    explorer = Explorer(
        "", sliders, [[*sliders.values()]], lambda a, b: SimpleNamespace(finding="", code=""), draw
    )
    threads = [
        threading.Thread(target=setattr, args=(each, "value", 5)) for each in sliders.values()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(at_once) == {1}
    assert explorer.settings == {"a": 5, "b": 5}
