"""Explorer of lesson 15: which learning rate is chosen, by how many seeds and by which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from course_lib.comparison import Benchmark, Trained, centred
from course_lib.data import digits
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, button, number, slider
from course_lib.models import Network
from course_lib.optimizers import Adam
from course_lib.plots import COLORS

_BLUE, _VERMILLION = COLORS[:2]
_SEEDS = 12


@dataclass(frozen=True, eq=False)
class Choice:
    """What some of the seeds say, as arrays and words.

    chosen (n,):  the seeds used, numbers of columns of the table.
    mean (L,):    the mean validation loss over them, inf where a run diverged.
    best:         the row that has the lowest; overall: the one that all seeds together choose.
    share (L,):   how often each row is chosen by so many seeds in a row, over all places to begin.
    """

    table: Trained
    chosen: np.ndarray
    mean: np.ndarray
    best: int
    overall: int
    share: np.ndarray
    headline: str
    finding: str
    code: str


@lru_cache
def twelve_seeds() -> Trained:
    """Adam on the digits, four epochs: seven learning rates, twelve seeds."""
    bench = Benchmark(Network((64, 16, 10)), centred(digits()), epochs=4)
    return bench.run(Adam, [0.02, 0.028, 0.04, 0.056, 0.08, 0.11, 0.16], range(_SEEDS))


def look(seeds: int, first: int, table: Trained) -> Choice:
    """Choose a row by `seeds` seeds, beginning with number `first` and going round."""
    losses = np.nan_to_num(table.validation, nan=np.inf)
    many = losses.shape[1]
    windows = (np.arange(many)[:, None] + np.arange(seeds)) % many
    means = losses[:, windows].mean(axis=-1)  # (rows, places to begin)
    rows = means.argmin(axis=0)
    share = np.bincount(rows, minlength=len(losses)) / many
    chosen = windows[first % many]
    best, overall = int(rows[first % many]), int(losses.mean(axis=1).argmin())
    lr, right = number(table.lrs[best]), number(table.lrs[overall])
    agree = "the one that all seeds together choose" if best == overall else f"all choose {right}"
    others = int(np.sum(share > 0))
    return Choice(
        table=table,
        chosen=chosen,
        mean=means[:, first % many],
        best=best,
        overall=overall,
        share=share,
        headline=f"{seeds} seed{'s' * (seeds > 1)}: lr = {lr} is chosen",
        finding=(
            f"By {seeds} seed{'s' * (seeds > 1)} of {many}, from number {first} on, lr = {lr} is "
            f"chosen: {agree}. Over all places to begin, so many seeds choose {others} different "
            f"learning rate{'s' * (others > 1)}, and the one of all seeds in "
            f"{100 * share[overall]:.0f} % of them."
        ),
        code=(
            f"bench.run(Adam, [{', '.join(number(x) for x in table.lrs)}], "
            f"seeds={[int(table.seeds[i]) for i in chosen]}).validation.mean(axis=1).argmin()"
        ),
    )


def seed_luck(table: Trained | None = None) -> Explorer:
    """Explore how the learning rate that is chosen depends on the seeds that choose it.

    table: what a Benchmark's run gives, with two seeds or more; by default Adam on the digits, with
    twelve. The reader moves how many seeds are used, and with which they begin. Raises ValueError
    for a table of one seed.
    """
    table = twelve_seeds() if table is None else table
    many = table.validation.shape[1]
    if many < 2:
        raise ValueError("seed_luck needs a table of two seeds or more, such as seeds=range(12)")
    seeds = slider(widgets.IntSlider, "seeds used", value=1, min=1, max=many)
    first = slider(widgets.IntSlider, "first seed", value=0, min=0, max=many - 1)

    def use(count: int) -> None:
        seeds.value = count

    presets = [
        button(f"{n} seed{'s' * (n > 1)}", f"choose by {n} of the seeds", partial(use, n))
        for n in sorted({1, min(3, many), many})
    ]
    return Explorer(
        title="which learning rate is chosen, by which seeds",
        controls={"seeds": seeds, "first": first},
        rows=[[seeds, *presets], [first]],
        look=partial(look, table=table),
        draw=_Picture(table),
    )


class _Picture:
    """The losses of the seeds used, left; how often each learning rate is chosen, right."""

    def __init__(self, table: Trained) -> None:
        fig = Figure(figsize=(9, 3.9), dpi=100, layout="constrained")
        self.losses, self.shares = fig.subplots(1, 2)
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
            ax.set_title(" ")
        finite = table.validation[np.isfinite(table.validation)]
        self.top = float(np.quantile(finite, 0.95)) * 1.3
        low = float(finite.min()) * 0.9
        self.losses.set(xscale="log", xlabel="learning rate", ylabel="validation loss")
        self.losses.set(ylim=(low, self.top), xlim=(table.lrs[0] / 1.2, table.lrs[-1] * 1.2))
        self.losses.xaxis.set_minor_formatter(NullFormatter())
        self.losses.set_xticks(table.lrs, [number(x) for x in table.lrs], fontsize=8)
        everyone = np.minimum(np.nan_to_num(table.validation, nan=np.inf), self.top)
        for column in everyone.T:
            self.losses.plot(table.lrs, column, color="0.88", linewidth=0.8, zorder=0)
        count = table.validation.shape[1]
        self.runs = [
            self.losses.plot([], [], ".", color="0.45", markersize=6)[0] for _ in range(count)
        ]
        (self.mean,) = self.losses.plot([], [], "-", color=_BLUE, linewidth=2)
        (self.best,) = self.losses.plot([], [], "o", color=_VERMILLION, markersize=9)
        places = np.arange(len(table.lrs))
        self.bars = self.shares.bar(places, np.zeros(len(places)), color=_BLUE)
        self.shares.set_xticks(places, [number(x) for x in table.lrs], fontsize=8)
        self.shares.set(ylim=(0, 105), xlabel="learning rate", ylabel="chosen, % of beginnings")
        moving = [*self.runs, self.mean, self.best, *self.bars]
        self.canvas = Canvas(fig, [*moving, self.losses.title, self.shares.title])

    def __call__(self, view: Choice) -> bytes:
        lrs = view.table.lrs
        losses = np.minimum(np.nan_to_num(view.table.validation, nan=np.inf), self.top)
        for i, line in enumerate(self.runs):
            used = i < len(view.chosen)
            line.set_data(lrs if used else [], losses[:, view.chosen[i]] if used else [])
        mean = np.minimum(view.mean, self.top)
        self.mean.set_data(lrs, mean)
        self.best.set_data([lrs[view.best]], [mean[view.best]])
        for i, bar in enumerate(self.bars):
            bar.set_height(100 * view.share[i])
            bar.set_facecolor(_VERMILLION if i == view.best else _BLUE)
        self.losses.title.set_text(view.headline)
        spread = int(np.sum(view.share > 0))
        self.shares.title.set_text(
            f"So many seeds choose {spread} different value{'s' * (spread > 1)}"
        )
        return self.canvas.png()
