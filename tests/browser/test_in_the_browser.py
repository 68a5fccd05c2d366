"""Every lesson, opened by a reader: Run All, the explorers by keyboard, the cards, both themes."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / ".artifacts"
# The student editions: those of the solutions differ in the exercises' cells only.
STEMS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))

# Asked of JupyterLab itself: its page says "idle" before there is a kernel, and loses what is run
# before the connection stands.
READY = """() => {
    const context = window.jupyterapp?.shell?.currentWidget?.context?.sessionContext;
    const kernel = context?.isReady && context.session?.kernel;
    return kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle';
}"""
# Built notebooks come with outputs: those of this run must be told from those that were there.
CLEAR = "() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
ALL_RAN = """() => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    return [...notebook.model.cells]
        .filter(cell => cell.type === 'code' && cell.sharedModel.getSource().trim())
        .every(cell => cell.executionCount > 0 && cell.executionState !== 'running');
}"""
BYTES = """async image => {
    const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
    return Array.from(bytes).join();
}"""
BAD_OUTPUT = (
    ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error'],"
    ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']"
)


def run_all(page, url: str) -> None:
    page.goto(url)
    page.wait_for_function(READY)
    page.evaluate(CLEAR)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(ALL_RAN)
    page.wait_for_function(READY)


def use_theme(page, name: str) -> None:
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
    page.evaluate(change, name)
    page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")
    page.wait_for_selector("#jupyterlab-splash", state="detached")  # drawn over a change of theme


@pytest.mark.parametrize("stem", STEMS)
def test_a_lesson_runs_and_its_explorers_follow_the_keyboard(stem, lab, page):
    run_all(page, lab.notebook(stem))
    assert page.locator(BAD_OUTPUT).all_inner_texts() == []
    assert page.locator(".jp-OutputArea-output [role=region]").count() > 0  # cards of the checks

    explorers = page.locator(".jp-OutputArea-output:has(img.widget-image)").all()
    assert explorers
    for explorer in explorers:
        picture, status = explorer.locator("img"), explorer.locator("[role=status]")
        explorer.scroll_into_view_if_needed()
        assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
        assert "Picture:" in picture.get_attribute("title")
        said, before = status.inner_text(), picture.evaluate(BYTES)
        handle = explorer.locator(".noUi-handle").first
        at_start = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemin")
        handle.press("ArrowRight" if at_start else "ArrowLeft")
        status.filter(has_not_text=said).wait_for()
        assert picture.evaluate(BYTES) != before
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        use_theme(page, theme)
        for number, explorer in enumerate(explorers, start=1):
            name = f"{stem}-explorer-{number}-{theme.split()[-1].lower()}.png"
            explorer.screenshot(path=ARTIFACTS / name)
