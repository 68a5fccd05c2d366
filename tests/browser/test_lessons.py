"""Every lesson, opened by a reader: Run All, no error, the cards, the explorers, both themes."""

from __future__ import annotations

import pytest
from jupyter import close_notebook, go_to, open_notebook, run_all
from looking import BAD_OUTPUT, EXPLORER, unreadable, use_theme

from conftest import ARTIFACTS, ROOT, is_local

pytestmark = pytest.mark.browser

# The student editions: those of the solutions differ in the exercises' cells only.
STEMS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def lab(chromium, server):
    """One JupyterLab for all lessons, as a reader has it, and where its requests went."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("websocket", lambda websocket: asked.append(websocket.url))
    page.set_default_timeout(40_000)
    go_to(page, server.lab(STEMS[0]))
    yield page, asked
    context.close()


@pytest.fixture
def lesson(request, lab):
    """A lesson, open in JupyterLab, with a screenshot of how it ended in .artifacts/.

    The test fails if anything left this machine.
    """
    page, asked = lab
    stem = request.param
    asked.clear()
    open_notebook(page, stem)
    yield stem, page
    page.screenshot(path=ARTIFACTS / f"{stem}-at-the-end.png")
    close_notebook(page)
    assert asked
    assert [url for url in asked if not is_local(url)] == []


@pytest.mark.parametrize("lesson", STEMS, indirect=True)
def test_a_lesson_runs_and_its_explorers_follow_the_keyboard(lesson):
    stem, page = lesson
    run_all(page)
    assert page.locator(BAD_OUTPUT).all_inner_texts() == []
    cards = page.locator(".jp-OutputArea-output [role=region]")
    explorers = page.locator(EXPLORER)
    assert cards.count() > 0
    assert explorers.count() > 0
    for explorer in explorers.all():
        picture, status = explorer.locator("img"), explorer.get_by_role("status")
        handle = explorer.get_by_role("slider").first
        said, drawn = status.inner_text(), picture.get_attribute("src")
        at_start = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemin")
        handle.press("ArrowRight" if at_start else "ArrowLeft")
        status.filter(has_not_text=said).wait_for()
        assert picture.get_attribute("src") != drawn
        assert picture.get_attribute("alt").endswith(status.inner_text())
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        use_theme(page, theme)
        name = f"{stem}-{theme.split()[-1].lower()}"
        assert unreadable(cards) == []
        assert unreadable(explorers) == []
        cards.first.screenshot(path=ARTIFACTS / f"{name}-card.png")
        for number, explorer in enumerate(explorers.all(), start=1):
            explorer.screenshot(path=ARTIFACTS / f"{name}-explorer-{number}.png")
