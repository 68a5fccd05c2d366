"""Pictures of a comparison: how it depends on lr, who leads, and how well you guessed."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from course_lib.comparison import Trained
from course_lib.plots import COLORS, HALO

TOP = 3.0  # a little above ln 10, the loss of a model of ten classes that knows nothing


def sensitivity(ax: Axes, grid: Mapping[str, Trained], names: Sequence[str]) -> list:
    """Validation loss against lr for some methods of a grid: the mean of seeds, and all of them.

    A run that diverged, or is worse than 3, is drawn at 3. The lowest mean is marked.
    """
    artists: list = []
    for name, color in zip(names, COLORS * len(names), strict=False):
        done = grid[name]
        losses = np.minimum(np.nan_to_num(done.validation, nan=np.inf), TOP)
        mean = losses.mean(axis=1)
        best = int(np.argmin(mean))
        artists.append(
            ax.fill_between(
                done.lrs, losses.min(axis=1), losses.max(axis=1), color=color, alpha=0.2, lw=0
            )
        )
        artists += ax.plot(done.lrs, mean, "-", color=color, label=name, linewidth=1.6)
        artists += ax.plot(done.lrs[best], mean[best], "o", color=color)
    ax.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="validation loss")
    ax.set_ylim(0.012, 1.2 * TOP)
    ax.yaxis.set_major_locator(FixedLocator([0.03, 0.1, 0.3, 1, 3]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter("{x:g}")
    ax.legend(fontsize=9, loc="lower left", frameon=False, ncols=2)
    return artists


def ranking(
    ax: Axes, rows: Sequence[tuple[str, float, float, bool]], runs: Mapping[str, np.ndarray]
) -> list:
    """One line for each (name, mean, se, tied), best on top: runs as dots, a bar of two errors.

    Ties with the first are blue, the others orange; the first two errors are a band.
    """
    artists: list = []
    _, top, error, _ = rows[0]
    artists.append(ax.axvspan(top - 2 * error, top + 2 * error, color="0.93"))
    for i, (name, mean, se, tied) in enumerate(rows):
        artists += ax.plot(runs[name], np.full(len(runs[name]), i), ".", color="0.6", markersize=5)
        color, mark = (COLORS[0], "o") if tied else (COLORS[1], "s")
        artists.append(ax.errorbar(mean, i, xerr=2 * se, fmt=mark, color=color, capsize=4))
    ax.set_yticks(range(len(rows)), [name for name, *_ in rows])
    ax.invert_yaxis()
    ax.set(xlabel="test accuracy, %; dots are runs, bars two standard errors", ylabel="method")
    return artists


def calibration(ax: Axes, guesses: Sequence[tuple[str, float, float]]) -> str:
    """The reader's guesses over the truths, a row for each, and what they say in one sentence.

    guesses: (question, guess, truth). A guess of the other sign, or where one of both is 0, has no
    ratio: it is counted, and not drawn. Without guesses the axes say so.
    """
    ratios = {name: guess / truth for name, guess, truth in guesses if guess * truth > 0}
    left_out = len(guesses) - len(ratios)
    ax.axvspan(0.5, 2, color="0.93")
    ax.axvline(1, color="0.3", linewidth=1)
    ax.set(xscale="log", xlim=(0.08, 12), xlabel="your guess over the number", ylabel="question")
    ax.set_yticks(range(len(ratios)), list(ratios), fontsize=8)
    for i, ratio in enumerate(ratios.values()):
        inside = 0.5 <= ratio <= 2
        color, mark = (COLORS[0], "o") if inside else (COLORS[1], "s")
        ax.plot(np.clip(ratio, 0.09, 11), i, mark, color=color)
    if ratios:
        ax.invert_yaxis()  # the oldest on top
    if not guesses:
        ax.text(
            *(0.5, 0.5, "no guesses kept yet:\nput numbers into the predict cells"),
            transform=ax.transAxes,
            ha="center",
            va="center",
            bbox=HALO,
        )
        return "No guesses kept yet."
    good = sum(0.5 <= ratio <= 2 for ratio in ratios.values())
    says = f"{good} of {len(guesses)} guesses are within a factor of 2"
    if ratios:
        typical = float(np.exp(np.median(np.log(list(ratios.values())))))
        way = "right" if 0.9 < typical < 1.1 else "low" if typical < 1 else "high"
        says += (
            f"; the one in the middle is {'about ' * (way == 'right')}{way}: {typical:.2g} times"
        )
    return f"{says}{f'; {left_out} of another sign or zero' * bool(left_out)}."
