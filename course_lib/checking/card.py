"""A verdict as a card: HTML that reads well in light and dark themes and to a screen reader."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_lib.checking.verdict import Verdict

# Mid-tones that stand out on white and on black alike; the words say the same as the colour.
COLOURS = {"passed": "#009E73", "not attempted": "#7a7a7a"}
OTHERWISE = "#D55E00"


def panel(colour: str, label: str, body: str) -> str:
    """A bordered region with an accessible name; colours of the text come from the theme."""
    return (
        f'<div role="region" aria-label="{escape(label)}" style="border-left:6px solid {colour};'
        'padding:.5em 1em;margin:.3em 0;max-width:46em;line-height:1.45">'
        f"{body}</div>"
    )


def code_marks(text: str) -> str:
    """Escaped text, in which `...` is set as code."""
    parts = escape(text).split("`")
    return "".join(
        f"<code>{part}</code>" if i % 2 and i < len(parts) - 1 else part
        for i, part in enumerate(parts)
    )


def card(verdict: Verdict) -> str:
    """The verdict as HTML; every text in it is escaped."""
    colour = COLOURS.get(verdict.status, OTHERWISE)
    mark = "✓" if verdict.passed else "○" if verdict.status == "not attempted" else "✗"
    body = [
        f'<div style="font-weight:600"><span aria-hidden="true" style="color:{colour}">{mark}'
        f"</span> {escape(verdict.title)}: {escape(verdict.status)}"
        f'<span style="font-weight:400"> ({verdict.points} of {verdict.max_points} points)'
        "</span></div>",
        f"<div>{code_marks(verdict.message)}</div>",
    ]
    if verdict.case:
        rows = "".join(
            '<tr><th scope="row" style="text-align:left;font-weight:400;padding:.1em 1em .1em 0">'
            f'{escape(label)}</th><td style="text-align:left;padding:.1em 0">'
            f"<code>{escape(text)}</code></td></tr>"
            for label, text in verdict.case
        )
        differs = any(label.startswith("wanted") for label, _ in verdict.case)
        caption = "The smallest case that differs" if differs else "The call"
        body.append(
            f'<table style="margin:.4em 0"><caption style="text-align:left;font-style:italic">'
            f"{caption}</caption><tbody>{rows}</tbody></table>"
        )
    if verdict.advice:
        body.append(f"<div>{code_marks(verdict.advice)}</div>")
    body += [f'<div style="opacity:.8">{code_marks(note)}</div>' for note in verdict.notes]
    if not verdict.passed:
        body.append(f'<div style="opacity:.8">Stuck? <code>hint("{verdict.exercise}")</code></div>')
    return panel(colour, verdict.headline, "".join(body))
