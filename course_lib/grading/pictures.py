"""The pictures of class.html."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from course_lib.plots import COLORS, Picture, figure, show

MOST = 5  # mistakes in one picture; the table below it has them all
WIDTH = 7.2  # inches
LINE = 0.19  # inches: a line of text in a picture

# Colours by kind of verdict, told apart by colour-blind readers with the help of the white gaps,
# the numbers and the order; then the colour of the number on it.
KINDS = {
    "passed": ("#009E73", "white"),
    "failed, cause named": ("#D55E00", "white"),
    "failed otherwise": ("#E69F00", "black"),
    "crashed": ("#CC79A7", "black"),
    "timed out": ("#56B4E9", "black"),
    "not attempted": ("#8a8a8a", "white"),
    "not found": ("#cfcfcf", "black"),
    "not a function": ("#0072B2", "white"),
    "used the course's own answer": ("#F0E442", "black"),
    "unreadable": ("#333333", "white"),
}


def stacked(
    bars: Mapping[str, Sequence[int]],
    kinds: Sequence[str],
    ends: Sequence[str],
    title: str,
    alt: str,
) -> Picture:
    """A bar per exercise, in parts by kind: bars maps an exercise to a number for each kind.

    ends holds what stands beside each name.
    """
    counts = np.array(list(bars.values()))
    starts = np.cumsum(counts, axis=1) - counts
    widest = counts.sum(axis=1).max()
    legend = 0.22 * -(-len(kinds) // 3)
    fig, ax = figure(size=(WIDTH, 0.62 * len(bars) + legend + 1.25))
    y = np.arange(len(bars))
    for column, kind in enumerate(kinds):
        color, ink = KINDS[kind]
        width, left = counts[:, column], starts[:, column]
        drawn = ax.barh(y, width, 0.5, left, color=color, edgecolor="white", label=kind)
        # A number that is wider than its part would hide the next.
        fits = [str(n) if n / widest > 0.0135 * len(str(n)) else "" for n in width]
        ax.bar_label(drawn, fits, label_type="center", color=ink, fontsize=9)
    for place, (name, end) in enumerate(zip(bars, ends, strict=True)):
        ax.text(0, place - 0.31, f"{name}: {end}", va="bottom", parse_math=False)
    ax.set(ylim=(len(bars) - 0.6, -0.85), xlim=(0, widest), xlabel="notebooks", ylabel="exercise")
    _finish(ax, title)
    fig.legend(loc="outside lower center", ncols=3, fontsize=9, frameon=False)
    return show(fig, alt)


def causes(bars: Sequence[tuple[str, str, int]], title: str, alt: str) -> Picture:
    """A bar per mistake, and above it what the mistake means: bars holds (id, says, count)."""
    says = [textwrap.wrap(text.replace("`", ""), 104) for _, text, _ in bars]
    heights = [len(lines) + 2.9 for lines in says]  # in lines: id, words, the bar, and a gap
    tops = np.cumsum(heights) - heights
    fig, ax = figure(size=(WIDTH, LINE * sum(heights) + 1.25))
    counts = [count for _, _, count in bars]
    drawn = ax.barh(tops + np.array(heights) - 1.3, counts, 1.0, color=COLORS[1])
    ax.bar_label(drawn, padding=4, fontsize=10)
    for (name, _, _), lines, top in zip(bars, says, tops, strict=True):
        ax.text(0, top + 1, name, va="bottom", weight="bold", parse_math=False)
        words = "\n".join(lines)
        style = {"va": "top", "fontsize": 9, "linespacing": 1.3, "parse_math": False}
        ax.text(0, top + 1.1, words, color="0.2", **style)
    ax.set(ylim=(sum(heights) - 0.4, -0.3), xlim=(0, 1.08 * max(counts)))
    ax.set(xlabel="notebooks", ylabel="mistake")
    _finish(ax, title)
    return show(fig, alt)


def _finish(ax: Axes, title: str) -> None:
    """Names stand above the bars, not beside them: so the title has the whole width."""
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_title("\n".join(textwrap.wrap(title, 66, break_on_hyphens=False)))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def distribution(counts: Mapping[float, int], maximum: int, title: str, alt: str) -> Picture:
    """A bar per number of points."""
    fig, ax = figure(size=(WIDTH, 2.8))
    half = any(points % 1 for points in counts)
    drawn = ax.bar(list(counts), list(counts.values()), 0.42 if half else 0.8, color=COLORS[0])
    ax.bar_label(drawn, padding=2, fontsize=10)
    ax.set(xlim=(-0.6, maximum + 0.6), ylim=(0, 1.15 * max(counts.values())), title=title)
    ax.set(xlabel=f"points, of {maximum}", ylabel="notebooks")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    return show(fig, alt)
