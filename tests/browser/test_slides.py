"""The instructor kit, without a network: slides fit and move on, plans print on one page."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest

from conftest import ARTIFACTS, ROOT
from course_lib.exercises import LESSONS
from course_lib.teaching import instructor_kit

pytestmark = pytest.mark.browser

SHOWN = """() => [...document.querySelectorAll('section section')]
    .filter(page => getComputedStyle(page).visibility === 'visible').length"""
# What lies outside of its slide, or is cut off in it; a drawing is looked at as a whole.
OUTSIDE = """() => {
    const found = [];
    document.querySelectorAll('section section').forEach((page, index) => {
        const room = page.getBoundingClientRect();
        for (const one of page.querySelectorAll('*:not(svg *)')) {
            const box = one.getBoundingClientRect();
            const inside = box.left >= room.left - 1 && box.right <= room.right + 1
                && box.top >= room.top - 1 && box.bottom <= room.bottom + 1;
            if (!inside || one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
                found.push([index + 1, one.tagName, one.textContent.slice(0, 40)]);
        }
    });
    return found;
}"""
# The least type on a slide is half as large again as that on the plan: readable from the back.
SMALLEST = """() => Math.min(...[...document.querySelectorAll('section section')]
    .map(page => parseFloat(getComputedStyle(page).fontSize)))"""
UNDRAWN = """() => [...document.images].filter(image => image.complete && image.naturalWidth === 0
    || image.getBoundingClientRect().height < 200).map(image => image.alt)"""


@pytest.fixture(scope="module")
def kit(chromium, tmp_path_factory):
    """With a class that made the mistakes of the most words: its plans are the longest."""
    home = tmp_path_factory.mktemp("teaching")
    verdicts = [
        {"exercise": exercise.id, "mistake": mistake.id}
        for exercises in LESSONS.values()
        for exercise in exercises
        for mistake in sorted(
            (*exercise.mistakes, *exercise.variants), key=lambda one: -len(one.says)
        )[:3]
    ]
    submissions = [{"student": str(n), "verdicts": verdicts} for n in range(128)]
    (home / "grades.json").write_text(json.dumps({"submissions": submissions}))
    (home / "class.html").write_text("")
    instructor_kit(ROOT, list(LESSONS), LESSONS, home).write(home / "kit")
    return home / "kit"


@pytest.fixture
def offline(chromium):
    """A page without a network; the test fails if anything but a file was asked for."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, offline=True)
    asked: list[str] = []
    said: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: said.append(message.text))
    context.on("weberror", lambda error: said.append(str(error.error)))
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()
    assert asked
    assert [url for url in asked if urlsplit(url).scheme not in ("file", "data")] == []
    assert said == []  # a policy that is broken is told here


@pytest.mark.parametrize("stem", LESSONS)
def test_slides_fit_and_move_on_and_the_plan_is_one_page(stem, kit, offline):
    offline.goto((kit / f"{stem[:2]}_slides.html").as_uri())
    number = offline.get_by_role("status")
    last = int(number.inner_text().split(" / ")[1])
    assert last > 20
    assert offline.evaluate(SHOWN) == 1
    for key, place in (
        ("ArrowRight", 2),
        ("Space", 3),
        ("ArrowLeft", 2),
        ("End", last),
        ("ArrowRight", last),
        ("Home", 1),
        ("ArrowLeft", 1),
    ):
        offline.keyboard.press(key)
        assert number.inner_text() == f"{place} / {last}"
        assert offline.evaluate(SHOWN) == 1
    assert offline.evaluate(OUTSIDE) == []
    assert offline.evaluate(SMALLEST) >= 20
    assert offline.evaluate(UNDRAWN) == []
    offline.keyboard.press("PageDown")
    offline.screenshot(path=ARTIFACTS / f"{stem}-slide.png")
    offline.goto((kit / f"{stem[:2]}_plan.html").as_uri())
    assert [pages(offline.pdf(format=paper)) for paper in ("A4", "Letter")] == [1, 1]


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_printing_gives_a_page_for_each_slide(kit, offline):
    offline.goto((kit / "05_slides.html").as_uri())
    last = int(offline.get_by_role("status").inner_text().split(" / ")[1])
    assert pages(offline.pdf(prefer_css_page_size=True)) == last


def test_the_index_leads_to_plans_and_slides(kit, offline):
    offline.goto((kit / "index.html").as_uri())
    offline.get_by_role("link", name="slides").nth(2).click()
    offline.get_by_role("heading", name="Walk downhill").wait_for()
