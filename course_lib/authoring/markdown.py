"""What the rules ask of a markdown cell: its headings, links, pictures and stray dollars."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

# Without text_join an escaped dollar stays a token of its own, so a stray one can be told from it.
_PARSER = MarkdownIt("commonmark").enable("table").disable("text_join").use(dollarmath_plugin)


class Heading(NamedTuple):
    level: int
    title: str
    line: int  # counted from 0 within the cell


class Target(NamedTuple):
    """Where a link or a picture points, and the words that stand for it."""

    url: str
    words: str
    line: int


@dataclass(frozen=True)
class Markdown:
    headings: tuple[Heading, ...]
    links: tuple[Target, ...]
    images: tuple[Target, ...]
    stray_dollars: tuple[int, ...]  # their lines


@lru_cache(maxsize=1024)
def read(text: str) -> Markdown:
    """Parse a cell as CommonMark with tables and dollar mathematics, as Jupyter reads it."""
    tokens = _PARSER.parse(text)
    headings, links, images, dollars = [], [], [], []
    for index, token in enumerate(tokens):
        line = token.map[0] if token.map else 0
        if token.type == "heading_open":
            headings.append(Heading(int(token.tag[1]), tokens[index + 1].content, line))
        if token.type == "html_block":
            images += _html_images(token.content, line)
        children = token.children or []
        for place, child in enumerate(children):
            line += child.type in ("softbreak", "hardbreak")
            if child.type == "link_open":
                links.append(Target(str(child.attrs["href"]), _words(children[place:]), line))
            elif child.type == "image":
                images.append(Target(str(child.attrs["src"]), child.content, line))
            elif child.type == "html_inline":
                images += _html_images(child.content, line)
            elif child.type == "text" and "$" in child.content:
                dollars.append(line)
    return Markdown(tuple(headings), tuple(links), tuple(images), tuple(dollars))


def _words(children: list[Token]) -> str:
    """The words of the link that the first token opens."""
    inside = []
    for child in children:
        if child.type == "link_close":
            break
        inside.append(child.content)
    return "".join(inside)


def _html_images(html: str, line: int) -> list[Target]:
    found = []
    for tag in re.findall(r"<img\b[^>]*>", html, re.IGNORECASE):
        attributes = dict(re.findall(r"""(\w+)\s*=\s*["']([^"']*)["']""", tag))
        found.append(Target(attributes.get("src", ""), attributes.get("alt", ""), line))
    return found
