"""What every explorer promises, for each of them; and the panel by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

import ipywidgets as widgets
import pytest

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
    schedule_curve,
    search_in_fog,
    seed_luck,
    singular_values,
    step_anatomy,
    step_size,
    two_well_particles,
)
from course_lib.explorers.panel import Explorer, button, slider

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
EXPLORERS = [
    # made by, the setting to move, where to
    (step_size, "lr", 2.1),
    (step_size, "lr", 0.01),
    (step_size, "k", 1),
    (step_size, "steps", 0),
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
    (search_in_fog, "looks", 200),
    (search_in_fog, "reach", 0.1),
    (search_in_fog, "luck", 3),
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
]
each_setting = pytest.mark.parametrize(("make", "setting", "value"), EXPLORERS)
each_explorer = pytest.mark.parametrize("make", list(dict.fromkeys(row[0] for row in EXPLORERS)))


@each_setting
def test_a_control_changes_picture_sentence_and_line(make, setting, value):
    explorer = make()
    before = bytes(explorer.image.value), explorer.reading.value, explorer.code.value
    explorer.controls[setting].value = value
    after = bytes(explorer.image.value), explorer.reading.value, explorer.code.value
    assert all(new != old for new, old in zip(after, before, strict=True))


@each_setting
def test_the_way_to_a_setting_leaves_no_trace(make, setting, value):
    straight, roundabout = make(), make()
    straight.controls[setting].value = value
    start = roundabout.settings
    for name, control in roundabout.controls.items():
        control.value = control.max if name != setting else control.min
    for name, control in roundabout.controls.items():
        control.value = value if name == setting else start[name]
    assert bytes(roundabout.image.value) == bytes(straight.image.value)
    assert repr(roundabout) == repr(straight)


@each_setting
def test_at_most_four_significant_digits(make, setting, value):
    explorer = make()
    explorer.controls[setting].value = value
    for number in re.findall(r"\d+\.?\d*", f"{explorer!r} {explorer.view.code}"):
        assert len(number.replace(".", "").strip("0")) <= 4, number


@each_explorer
def test_it_shows_as_widget_picture_and_text(make):
    explorer = make()
    data, metadata = explorer._repr_mimebundle_()
    assert data[WIDGET_VIEW]["model_id"] == explorer.panel.model_id
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == repr(explorer)
    assert metadata["image/png"]["alt"] == explorer.view.finding
    again, _ = make()._repr_mimebundle_()
    assert {mime for mime in data if data[mime] == again[mime]} == {"image/png", "text/plain"}


@each_explorer
def test_controls_have_words_and_report_while_they_move(make):
    explorer = make()
    for control in explorer.controls.values():
        assert re.search("[a-z]{3}", control.description)
        assert control.continuous_update
    assert explorer.image.tooltip.startswith("Picture: ")
    # The front end of ipywidgets reads it before it sets the tooltip, and fails without.
    assert explorer.image.get_state()["description"] == ""


@dataclass
class Words:
    finding: str
    code: str


def test_words_are_escaped_and_the_same_settings_are_drawn_once():
    asked = []

    def look(x):
        asked.append(x)
        return Words(f"x < {x} & more", f'f("{x}")')

    x = slider(widgets.IntSlider, "the x", value=1, min=0, max=9)
    explorer = Explorer("a test", {"x": x}, [[x]], look, lambda view: view.code.encode())
    assert "x &lt; 1 &amp; more" in explorer.reading.value
    assert 'value="f(&quot;1&quot;)"' in explorer.code.value
    assert bytes(explorer.image.value) == b'f("1")'
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
