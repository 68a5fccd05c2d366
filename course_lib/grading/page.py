"""A web page in one file: no script, nothing fetched, readable in every theme and on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from course_lib.grading.text import readable

# Cards bring styles of their own (style="..."), so styles inside the page are allowed.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --quiet: #555; --line: #c8c8c8;
  --shade: #f3f3f3 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --paper: #161618; --quiet: #b4b4b4; --line: #4a4a4a; --shade: #242428 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 52rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .3em 0 }
h2 { font-size: 1.3rem; margin: 2em 0 .3em; border-bottom: 1px solid var(--line) }
h3 { font-size: 1.05rem; margin: 1.6em 0 .3em }
a { color: inherit }
code { font-size: .92em }
.quiet { color: var(--quiet) }
.exercise { margin: 1.2em 0; break-inside: avoid }
.exercise table { min-width: 16em; font-size: .95em }
.exercise td { min-width: 6em }
.more { margin: .4em 0 .4em 1.4em; max-width: 44em }
.manual { border: 2px solid currentColor; border-radius: .3em; padding: .3em .7em }
.scroll { overflow-x: auto; margin: .6em 0 }
.table { border-collapse: collapse; overflow-wrap: normal; font-size: .92rem }
.table caption { text-align: left; color: var(--quiet); padding: .2em 0 }
.table th, .table td { vertical-align: top; padding: .3em .6em;
  border-bottom: 1px solid var(--line) }
.table thead th { background: var(--shade); vertical-align: bottom }
.table td, .table thead th + th { text-align: right; font-variant-numeric: tabular-nums }
.table th { text-align: left }
.table tbody th { min-width: 9em }
.table th div { font-weight: normal }
figure { margin: .8em 0; break-inside: avoid }
figure img { display: block; max-width: 100%; height: auto; background: #fff; padding: 8px;
  border: 1px solid var(--line); border-radius: 6px }
@media print {
  :root { --ink: #000; --paper: #fff; --quiet: #333; --line: #999; --shade: #eee;
    color-scheme: light }
  body { max-width: none; padding: 0; font-size: 10.5pt }
  h2, h3 { break-after: avoid }
  .scroll { overflow: visible } }
"""


def page(title: str, body: Iterable[str]) -> bytes:
    """The whole page; title is text, body is HTML. No control character of any text is left."""
    head = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
    )
    text = head + "\n".join(body) + "\n</main>\n</body>\n</html>\n"
    return readable(text).encode("utf-8")


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table: the first cell of a row, which is HTML, is its header; the others hold numbers.

    On a narrow screen it scrolls by itself, with the keyboard too.
    """
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(
        f'<tr><th scope="row">{first}</th>'
        + "".join(f"<td>{escape(str(value))}</td>" for value in others)
        + "</tr>"
        for first, *others in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table class="table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
