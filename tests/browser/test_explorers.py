"""Every explorer, in JupyterLab 4 and in Notebook 7: by keyboard, by mouse, by name."""

from __future__ import annotations

import numpy as np
import pytest
from jupyter import CALLS, QUIET, go_to, run_all
from looking import BAD_OUTPUT, EXPLORER, pixels_of

from conftest import ARTIFACTS
from course_lib.plots import COLORS

pytestmark = pytest.mark.browser

BLUE, VERMILLION, GREEN = COLORS[:3]
SAYS = "output.querySelector('[role=status]').textContent"
RIGHT = ((0.35, 0.5), (0.7, 0.5))  # a drag to the right, in shares of the axes, from below
UP = ((0.4, 0.4), (0.4, 0.7))
ROUND = ((0.95, 0.52), (0.7, 0.95))  # round the middle, against the clock
DRAGS = [
    # explorer, place in it, drag, the slider that must rise
    ("search_in_fog", 0, RIGHT, "start x"),
    ("search_in_fog", 0, UP, "start y"),
    ("difference_error", 0, RIGHT, "power of ten of h"),
    ("step_size", 0, RIGHT, "start x"),
    ("step_size", 0, UP, "start y"),
    ("step_size", 1, RIGHT, "learning rate lr"),
    ("gradient_cloud", 0, RIGHT, "B is 2 to the power"),
    ("momentum_map", 0, RIGHT, "learning rate lr"),
    ("momentum_map", 0, UP, "memory beta"),
    ("step_anatomy", 0, RIGHT, "start x"),
    ("step_anatomy", 1, RIGHT, "step taken apart"),
    ("coordinate_lr", 0, ROUND, "valley turned, degrees"),
    ("coordinate_lr", 1, RIGHT, "steps taken"),
    ("adadelta_knobs", 0, RIGHT, "power of ten of eps"),
    ("gradient_burst", 0, RIGHT, "length of the burst"),
    ("gradient_burst", 0, ((0.4, 0.35), (0.4, 0.5)), "size of the burst"),
    ("choose_start", 0, RIGHT, "start, x"),
    ("choose_start", 0, UP, "start, y"),
    ("schedule_curve", 0, UP, "base lr"),
    ("quadratic_model", 0, RIGHT, "point, x"),
    ("quadratic_model", 0, UP, "point, y"),
    ("race", 0, RIGHT, "start x"),
    ("race", 0, UP, "start y"),
    ("race", 1, RIGHT, "steps taken"),
]
PICTURES = [
    # explorer, place in it, slider, colour, edge or middle, along x (0) or y (1), which way
    ("search_in_fog", 0, "start x", VERMILLION, np.mean, 0, 1),
    ("difference_error", 0, "power of ten of h", VERMILLION, np.mean, 0, 1),
    ("step_size", 0, "steps taken", BLUE, np.min, 0, -1),  # the path comes from the right
    ("step_size", 1, "learning rate lr", VERMILLION, np.mean, 0, 1),
    ("gradient_cloud", 0, "B is 2 to the power", VERMILLION, np.mean, 0, 1),
    ("momentum_map", 0, "learning rate lr", VERMILLION, np.mean, 0, 1),
    ("momentum_map", 0, "memory beta", VERMILLION, np.mean, 1, -1),  # up: rows count from above
    ("step_anatomy", 1, "step taken apart", BLUE, np.mean, 0, 1),
    ("coordinate_lr", 0, "valley turned, degrees", GREEN, np.mean, 1, -1),
    ("race", 0, "turned, degrees", BLUE, np.mean, 1, -1),
]


@pytest.fixture(scope="module", params=["lab", "notebook"])
def gallery(request, chromium, server):
    """All explorers on one page: name -> its output."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(40_000)
    go_to(page, getattr(server, request.param)("gallery"))
    run_all(page)
    assert page.locator(BAD_OUTPUT).all_inner_texts() == []
    outputs = page.locator(EXPLORER)
    outputs.nth(len(CALLS) - 1).locator("img").wait_for()
    for output in outputs.all():
        output.evaluate(f"output => {{ output.dataset.beginning = {SAYS}; }}")
    yield dict(zip(CALLS, outputs.all(), strict=True))
    context.close()


def settle(explorer, act):
    """Do something that changes the setting, and wait for the last picture that comes of it."""
    change(explorer, act)
    explorer.page.evaluate(QUIET)
    explorer.locator("img").evaluate("image => image.decode()")


def change(explorer, act):
    """Do something that changes the setting, and wait for the first new words."""
    status = explorer.get_by_role("status")
    said = status.inner_text()
    act()
    status.filter(has_not_text=said).wait_for()


def drag(explorer, place, start, end):
    area = explorer.locator(".course-grab").nth(place)
    area.scroll_into_view_if_needed()
    box, mouse = area.bounding_box(), explorer.page.mouse
    points = [
        (box["x"] + box["width"] * x, box["y"] + box["height"] * (1 - y)) for x, y in (start, end)
    ]
    mouse.move(*points[0])
    mouse.down()
    yield
    mouse.move(*points[1], steps=5)
    mouse.up()


def reset(explorer):
    explorer.get_by_role("button", name="reset").click()
    begun = f"output => output.dataset.beginning === {SAYS}"
    explorer.page.wait_for_function(begun, arg=explorer.element_handle())


@pytest.mark.parametrize("name", CALLS)
def test_everything_has_a_name_and_the_keyboard_reaches_it(gallery, name):
    explorer = gallery[name]
    assert explorer.get_by_role("group").first.is_visible()
    for control in explorer.get_by_role("slider").all():
        label = control.get_attribute("aria-label")
        assert explorer.locator(".widget-label", has_text=label).count() == 1
        assert control.get_attribute("tabindex") == "0"
    for control in explorer.get_by_role("button").all():
        assert control.get_attribute("aria-label") or control.inner_text().strip()
    assert len(explorer.locator("img").get_attribute("alt")) > 60
    line = explorer.get_by_role("textbox", name="As code")
    assert line.input_value()
    explorer.get_by_role("button", name="Copy").click()
    explorer.get_by_role("button", name="Copied").wait_for()
    chosen = "field => field.selectionEnd - field.selectionStart === field.value.length"
    assert line.evaluate(chosen)
    explorer.screenshot(path=ARTIFACTS / f"explorer-{name}.png")


@pytest.mark.parametrize(("name", "place", "way", "label"), DRAGS)
def test_a_drag_moves_the_slider_the_same_way(gallery, name, place, way, label):
    explorer = gallery[name]
    slider = explorer.get_by_role("slider", name=label)
    steps = drag(explorer, place, *way)
    next(steps)
    explorer.page.evaluate(QUIET)
    before = float(slider.get_attribute("aria-valuenow"))
    settle(explorer, lambda: list(steps))
    assert float(slider.get_attribute("aria-valuenow")) > before
    reset(explorer)


@pytest.mark.parametrize(("name", "place", "label", "colour", "edge", "axis", "sign"), PICTURES)
def test_the_pixels_follow_the_keyboard(gallery, name, place, label, colour, edge, axis, sign):
    explorer, found = gallery[name], []
    slider = explorer.get_by_role("slider", name=label)
    for end in ("Home", "End"):
        if not at(slider, end):
            settle(explorer, lambda end=end: slider.press(end))
        found.append(edge(pixels_of(explorer.locator(".course-grab").nth(place), colour)[:, axis]))
    assert sign * (found[1] - found[0]) > 10
    reset(explorer)


def at(slider, end: str) -> bool:
    edge = {"Home": "aria-valuemin", "End": "aria-valuemax"}[end]
    return slider.get_attribute("aria-valuenow") == slider.get_attribute(edge)


def test_the_marker_follows_the_mouse(gallery):
    explorer = gallery["momentum_map"]
    box = explorer.locator(".course-grab").bounding_box()
    places = []
    for x in (0.3, 0.6):
        settle(explorer, lambda x=x: list(drag(explorer, 0, (x, 0.2), (x, 0.5))))
        places.append(pixels_of(explorer.locator("img"), VERMILLION).mean(axis=0))
    (x0, y0), (x1, y1) = places
    assert x1 - x0 == pytest.approx(0.3 * box["width"], abs=4)
    assert y1 == pytest.approx(y0, abs=3)
    reset(explorer)


def test_play_goes_on_until_it_is_stopped(gallery):
    explorer = gallery["step_anatomy"]
    slider = explorer.get_by_role("slider", name="step taken apart")
    change(explorer, lambda: explorer.get_by_role("button", name="Play or pause").click())
    change(explorer, lambda: None)
    explorer.get_by_role("button", name="Play or pause").click()
    assert float(slider.get_attribute("aria-valuenow")) > 3
    settle(explorer, lambda: explorer.get_by_role("button", name="Back to the beginning").click())
    assert float(slider.get_attribute("aria-valuenow")) == 1
    settle(explorer, lambda: explorer.get_by_role("button", name="+1").click())
    assert float(slider.get_attribute("aria-valuenow")) == 2
    reset(explorer)


def test_a_key_that_is_held_builds_no_queue(gallery):
    explorer = gallery["step_size"]
    explorer.locator("img").evaluate(
        """image => {
            window.pictures = 0;
            image.addEventListener('load', () => { window.pictures += 1; });
        }"""
    )
    explorer.get_by_role("slider", name="learning rate lr").focus()
    for _ in range(60):
        explorer.page.keyboard.down("ArrowLeft")  # again and again, with no pause at all
    explorer.page.keyboard.up("ArrowLeft")
    explorer.get_by_role("status").filter(has_text="lr = 1.3 is").wait_for()
    assert explorer.page.evaluate("pictures") < 50  # a queue would draw all 60
    reset(explorer)
