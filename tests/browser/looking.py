"""What the tests look at in a page: errors, colours, contrast."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

BAD_OUTPUT = (
    ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error'],"
    ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']"
)
EXPLORER = ".jp-OutputArea-output:has(.course-explorer)"

# Every piece of text inside the elements, and its contrast with what is behind it, as WCAG 2.1
# defines it. Colours may be translucent: they are laid over each other.
_CONTRAST = """elements => {
    const parse = text => {
        const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
        // color(srgb ...) counts from 0 to 1, rgb() to 255
        return text.startsWith('color(') ? [255 * r, 255 * g, 255 * b, a] : [r, g, b, a];
    };
    const over = ([r, g, b, a], below) => [r, g, b].map((x, i) => a * x + (1 - a) * below[i]);
    const behind = element => {
        if (!element) return [255, 255, 255];
        const own = parse(getComputedStyle(element).backgroundColor);
        return own[3] === 1 ? own.slice(0, 3) : over(own, behind(element.parentElement));
    };
    const light = colour => {
        const [r, g, b] = colour.map(x => x / 255).map(
            x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [];
    for (const element of elements) {
        const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const { parentElement: parent, textContent: text } = texts.currentNode;
            if (!text.trim() || !parent.checkVisibility()) continue;
            const back = behind(parent), fore = over(parse(getComputedStyle(parent).color), back);
            const [a, b] = [light(fore), light(back)].sort((x, y) => y - x);
            found.push([text.trim(), (a + 0.05) / (b + 0.05)]);
        }
    }
    return found;
}"""


def unreadable(locator) -> list:
    """The texts whose contrast is below what WCAG asks for in level AA.

    That is 4.5, and 3 for a single sign, such as the mark on a card: a picture, not a text.
    """
    found = locator.evaluate_all(_CONTRAST)
    assert found
    wanted = [
        (text, round(contrast, 2), 3.0 if len(text) == 1 else 4.5) for text, contrast in found
    ]
    return [(text, contrast) for text, contrast, least in wanted if contrast < least]


def use_theme(page, name: str) -> None:
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
    page.evaluate(change, name)
    page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")
    page.wait_for_selector("#jupyterlab-splash", state="detached")  # drawn over a change of theme


def pixels_of(picture, colour: str) -> np.ndarray:
    """Where the picture, as it is on the screen, has a colour: (n, 2) of x and y, from above."""
    shown = np.asarray(Image.open(io.BytesIO(picture.screenshot())).convert("RGB")).astype(int)
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    y, x = np.nonzero(np.abs(shown - wanted).max(axis=-1) < 24)
    assert len(x)
    return np.stack([x, y], axis=-1)
