"""Pictures: helpers that draw on the Axes you give them and return what they drew.

    fig, ax = figure()
    contours(ax, valley)
    path(ax, descend(GD(lr=1.9), valley).points, label="lr = 1.9")
    ax.set_title("The path zigzags across the valley")
    show(fig, alt="...what a reader who cannot see the picture needs to know...")

No pyplot: its hidden "current figure" shows a picture twice, or keeps it in memory for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from io import BytesIO
from itertools import pairwise
from typing import Any

import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.quiver import Quiver
from matplotlib.text import Annotation
from numpy.typing import ArrayLike
from PIL import Image

from course_lib.descent import Path
from course_lib.problems import Problem

# Okabe and Ito 2008, told apart by colour-blind readers; without yellow, unreadable as a label.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
HALO = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}


def _ink(color: Any) -> tuple[float, float, float]:
    """The colour of a curve made dark enough to read as text."""
    r, g, b = to_rgb(color)
    return 0.65 * r, 0.65 * g, 0.65 * b


def figure(ncols: int = 1, nrows: int = 1, size: tuple[float, float] | None = None) -> Any:
    """A figure in the style of the course: (fig, ax), or (fig, array of axes) for several.

    size is (width, height) in inches, by default 5.5 x 4 for one axes and 4.5 x 3.6 for each of
    several.
    """
    each = (5.5, 4.0) if ncols * nrows == 1 else (4.5, 3.6)
    fig = Figure(figsize=size or (each[0] * ncols, each[1] * nrows), layout="constrained")
    axes = fig.subplots(nrows, ncols, squeeze=False)
    for ax in axes.flat:
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_prop_cycle(color=COLORS)
        ax.tick_params(labelsize=10)
    return fig, axes[0, 0] if axes.size == 1 else axes.squeeze()


@dataclass(frozen=True)
class Picture:
    """A finished picture and its text alternative; a notebook shows both.

    The words stand below the picture, folded up: JupyterLab gives its images an empty alt text
    whatever the metadata says, so a screen reader would pass over the picture.
    """

    png: bytes
    alt: str

    def __repr__(self) -> str:
        return f"[picture] {self.alt}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        data = {"image/png": self.png, "text/plain": repr(self)}
        return data, {"image/png": {"alt": self.alt}}

    def _ipython_display_(self) -> None:
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        words = f"<details><summary>In words</summary>{escape(self.alt)}</details>"
        display({"text/html": words, "text/plain": ""}, raw=True)


def show(fig: Figure, alt: str) -> Picture:
    """Turn a figure into a picture; the last line of a cell.

    alt says in words what the picture shows, for readers who cannot see it. Raises ValueError if
    it is missing or shorter than 20 characters, if axes lack a label or a title, and if a title is
    wider than the figure. Axes switched off with ax.axis("off") need no labels.
    """
    if len(alt.strip()) < 20:
        raise ValueError(f"alt must say in words what the picture shows, got {alt!r}")
    for ax in fig.axes:
        _refuse_unlabelled(ax)
    buffer = BytesIO()
    fig.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    for text in [*(ax.title for ax in fig.axes), *fig.texts]:
        extent = text.get_window_extent()
        if text.get_text() and (extent.x0 < 0 or extent.x1 > fig.bbox.width):
            raise ValueError(
                f"the title {text.get_text()!r} is wider than the picture: "
                "break it with \\n, or say less"
            )
    small = BytesIO()  # a palette: a quarter of the bytes. Median cut would merge rare colours.
    Image.open(buffer).convert("RGB").quantize(
        256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    ).save(small, format="png", optimize=True)
    return Picture(small.getvalue(), alt.strip())


def _refuse_unlabelled(ax: Axes) -> None:
    if not (ax.get_visible() and ax.axison):
        return
    if ax.get_label() == "<colorbar>":  # matplotlib's own name for it; one label is enough there
        missing = [] if ax.get_xlabel() or ax.get_ylabel() else ["label"]
    else:
        words = {"xlabel": ax.get_xlabel(), "ylabel": ax.get_ylabel(), "title": ax.get_title()}
        missing = [name for name, text in words.items() if not text.strip()]
    if missing:
        raise ValueError(
            f"axes {ax.get_title() or '(untitled)'!r} has no {' and no '.join(missing)}: "
            "add with ax.set(xlabel=..., ylabel=..., title=...); the title states the finding"
        )


def contours(ax: Axes, problem: Problem, levels: int = 12, grid: int = 241) -> list:
    """Draw the level lines of a problem in two dimensions over its box, and its minimum as a star.

    Levels are chosen so that the level lines of a bowl are evenly spaced, and a flat valley floor
    gets its share. Lighter is higher. The loss is taken on grid x grid points. Raises ValueError if
    the problem is not two-dimensional.
    """
    if problem.start.shape != (2,):
        raise ValueError(f"contours needs two coordinates, {problem.name} has {problem.start.size}")
    (x0, x1), (y0, y1) = problem.box
    x, y = np.meshgrid(np.linspace(x0, x1, grid), np.linspace(y0, y1, grid))
    z = problem.value(np.stack([x, y], axis=-1))
    # The fraction of the box below level i grows like i^2, as it does for rings of equal width.
    steps = np.unique(np.quantile(z, np.linspace(0, 1, levels + 1) ** 2))
    greys = [str(g) for g in np.linspace(0.82, 0.99, len(steps) - 1)]
    fill = ax.contourf(x, y, z, levels=steps, colors=greys)
    lines = ax.contour(x, y, z, levels=steps, colors="0.6", linewidths=0.7, linestyles="solid")
    stars = [
        ax.plot(*point, "*", color="black", markersize=11, markeredgecolor="white", zorder=4)[0]
        for point in np.atleast_2d(problem.minimum)
    ]
    ax.set(xlim=(x0, x1), ylim=(y0, y1))
    ax.set(xlabel=ax.get_xlabel() or "x", ylabel=ax.get_ylabel() or "y")
    return [fill, lines, *stars]


def gradient_field(ax: Axes, problem: Problem, n: int = 15) -> Quiver:
    """Draw the downhill direction, minus the gradient, on an n x n grid over the box.

    All arrows have one length, or the steep ones would hide the rest; darker is steeper, on a log
    scale.
    """
    (x0, x1), (y0, y1) = problem.box
    half_x, half_y = (x1 - x0) / (2 * n), (y1 - y0) / (2 * n)
    xs, ys = np.linspace(x0 + half_x, x1 - half_x, n), np.linspace(y0 + half_y, y1 - half_y, n)
    x, y = np.meshgrid(xs, ys)
    g = problem.grad(np.stack([x, y], axis=-1))
    size = np.linalg.norm(g, axis=-1)
    tiny = np.finfo(float).tiny
    u, v = np.moveaxis(-g / np.maximum(size, tiny)[..., None], -1, 0)
    darkness = np.log10(np.maximum(size, 1e-6 * size.max() + tiny))
    style: dict[str, Any] = {"angles": "xy", "pivot": "mid", "cmap": "viridis_r", "width": 0.004}
    arrows = ax.quiver(x, y, u, v, darkness, scale=1.4 * n, scale_units="width", **style)
    ax.set(xlim=(x0, x1), ylim=(y0, y1))
    ax.set(xlabel=ax.get_xlabel() or "x", ylabel=ax.get_ylabel() or "y")
    return arrows


def path(
    ax: Axes, points: ArrayLike, label: str | None = None, color: str | None = None
) -> list[Line2D | Annotation]:
    """Draw one path, points of shape (steps+1, 2), inside the limits that the axes have now.

    A path that ends outside, further out than it ever was before, gets an arrow at the edge and
    the word "diverges". Its points may be inf or nan.
    """
    p = np.asarray(points, dtype=float)
    if p.ndim != 2 or p.shape[1] != 2:
        raise ValueError(
            f"path draws points of shape (steps+1, 2), got {p.shape}: of K runs pass points[:, i]"
        )
    low, high = np.sort(np.array([ax.get_xlim(), ax.get_ylim()])).T
    with np.errstate(over="ignore", invalid="ignore"):
        u = 2 * (p - low) / (high - low) - 1  # in units of the box: its edges are at -1 and 1
        distance = np.nan_to_num(np.max(np.abs(u), axis=1), nan=np.inf)
    diverges = distance[-1] > 1 and distance[-1] >= distance.max()
    if diverges:  # stop at the edge: huge numbers break the drawing, and later crossings hide it
        last = int(np.max(np.flatnonzero(distance <= 1), initial=-1))
        edge, out = _way_out(u[last] if last >= 0 else np.zeros(2), u[last + 1])
        p = np.vstack([p[: last + 1], low + (edge + 1) / 2 * (high - low)])
    (line,) = ax.plot(*p.T, "o-", color=color, label=label, markersize=2.5, linewidth=1.1)
    ax.set(xlim=ax.get_xlim(), ylim=ax.get_ylim())  # the view stays what it was
    return [line, *_diverges(ax, edge, out, line.get_color())] if diverges else [line]


def _way_out(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the line from a, inside the box [-1, 1]^2, to b leaves it, and its unit direction."""
    out = np.nan_to_num(np.where(np.isnan(b), 2 * a, b), posinf=1e9, neginf=-1e9) - a
    out = out / np.max(np.abs(out)) if np.any(out) else np.array([0.0, 1.0])
    moving = out != 0
    edge = a + out * np.min((np.sign(out) - a)[moving] / out[moving])
    return edge, out / np.linalg.norm(out)


def _diverges(ax: Axes, edge: np.ndarray, out: np.ndarray, color: Any) -> list[Annotation]:
    """An arrow that ends at the edge of the box, and the word behind it."""
    tip, tail, word = ((edge - back * out + 1) / 2 for back in (0.0, 0.25, 0.36))
    frame: dict[str, Any] = {
        "xycoords": "axes fraction",
        "textcoords": "axes fraction",
        "zorder": 5,
    }
    style = {"arrowstyle": "-|>", "color": color, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
    place = tuple(np.clip(word, [0.12, 0.05], [0.88, 0.95]))
    centred: dict[str, Any] = {"ha": "center", "va": "center", "bbox": HALO}
    return [
        ax.annotate("", xy=tuple(tip), xytext=tuple(tail), arrowprops=style, **frame),
        ax.annotate("diverges", xy=place, xytext=place, color=_ink(color), **centred, **frame),
    ]


def values(
    ax: Axes, paths: Mapping[str, Path], lowest: float = 0.0, decades: float = 12.0
) -> list[Line2D | Annotation]:
    """Draw the loss of each path against the step, on a log scale, labelled at the right end.

    paths maps a label to a Path with values of shape (steps+1,). lowest is the loss at the
    minimum: what is drawn is the loss above it. The picture goes up to 100 times the largest
    starting loss, where a run that diverges leaves it with the word "diverges", and at most
    `decades` powers of ten below the largest starting loss.
    """
    gaps = {label: np.asarray(p.values, dtype=float) - lowest for label, p in paths.items()}
    for label, gap in gaps.items():
        if gap.ndim != 1:
            raise ValueError(
                f"values draws one run per label, {label!r} has values of shape {gap.shape}: "
                "of K runs pass Path(points[:, i], values[:, i])"
            )
    top = 100 * max(gap[0] for gap in gaps.values())
    if not top > 0:
        raise ValueError(
            f"a log scale needs losses above lowest={lowest}, no path starts above it: give a "
            "smaller lowest"
        )
    artists: list[Line2D | Annotation] = []
    ends = []
    bottom = top / 100
    for (label, gap), color in zip(gaps.items(), COLORS * len(gaps), strict=False):
        over = ~(gap < top)  # inf and nan too
        stop = int(np.argmax(over)) if np.any(over) else len(gap)
        seen = np.where(gap[:stop] > 0, gap[:stop], np.nan)
        x = np.arange(stop)
        if stop < len(gap):  # draw the step that leaves the picture up to its edge
            x, seen = np.append(x, stop), np.append(seen, top)
            label = f"{label}: diverges"
        artists += ax.plot(x, seen, color=color, label=label, linewidth=1.6)
        bottom = min(bottom, np.nanmin(seen, initial=top))
        drawn = seen[np.isfinite(seen)]
        ends.append((drawn[-1] if drawn.size else bottom, label, color))
    diverged = any(end == top for end, _, _ in ends)
    bottom = max(bottom, top / 100 * 10**-decades) / 2
    ax.set(yscale="log", ylim=(bottom, top if diverged else top / 50))
    ax.set(
        xlabel=ax.get_xlabel() or "step",
        ylabel=ax.get_ylabel() or ("loss" if lowest == 0 else "loss above the minimum"),
    )
    heights = _apart([_height(ax, end) for end, _, _ in ends], 0.07)
    for height, (_, label, color) in zip(heights, ends, strict=True):
        style: dict[str, Any] = {"color": _ink(color), "va": "center"}
        artists.append(ax.annotate(label, (1.02, height), xycoords="axes fraction", **style))
    return artists


def _height(ax: Axes, value: float) -> float:
    """Where a value stands on the log axis, from 0 at the bottom to 1 at the top."""
    low, high = np.log(ax.get_ylim())
    return float(np.clip((np.log(value) - low) / (high - low), 0, 1))


def _apart(heights: list[float], gap: float) -> list[float]:
    """Move labels until neighbours are a gap apart and none is above 1; keep their order."""
    order = np.argsort(heights, kind="stable")
    moved = np.array(heights)
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + gap)
    moved[order[-1:]] = np.minimum(moved[order[-1:]], 1.0)
    for above, below in pairwise(order[::-1]):
        moved[below] = min(moved[below], moved[above] - gap)
    return moved.tolist()


def error_against_h(
    ax: Axes, h: ArrayLike, errors: Mapping[str, ArrayLike]
) -> list[Line2D | Annotation]:
    """Draw error curves against the step h on log-log axes, the lowest point of each marked.

    errors maps a label to errors of the shape of h. An error of exactly 0 is luck and has no place
    on a log scale: it is left out.
    """
    h = np.asarray(h, dtype=float)
    artists: list[Line2D | Annotation] = []
    ax.set(xscale="log", yscale="log")
    for row, (label, curve) in enumerate(errors.items()):
        color, error = COLORS[row % len(COLORS)], np.asarray(curve, dtype=float)
        error = np.where(error > 0, error, np.nan)
        best = int(np.nanargmin(error))
        artists += ax.plot(h, error, color=color, label=label, linewidth=1.4)
        artists += ax.plot(h[best], error[best], "o", color=color, zorder=3)
        # The lower left is free: there rounding makes every curve fall from the left.
        text = f"{label}: lowest at h = {h[best]:.1e}"
        place = (0.03, 0.04 + 0.07 * row)
        artists.append(ax.annotate(text, place, xycoords="axes fraction", color=_ink(color)))
    ax.set(
        xlabel=ax.get_xlabel() or "step h",
        ylabel=ax.get_ylabel() or "error of the numerical derivative",
    )
    return artists


def family(ax: Axes, problem: Problem, contest: Mapping[str, Any]) -> list:
    """Draw every method's best path on one problem, the last one foremost.

    contest maps a method's name to its Sweep; the legend tells its settings and its last loss.
    """
    artists: list = contours(ax, problem)
    for name, result in contest.items():
        settings = ", ".join(f"{key} {value:.3g}" for key, value in result.best.items())
        label = f"{name} ({settings}): {result.path.values[-1]:.1e}"
        drawn = path(ax, result.path.points, label=label)
        drawn[0].set_alpha(1.0 if name == list(contest)[-1] else 0.55)
        artists += drawn
    ax.legend(loc="lower left", fontsize=9, title="best settings, and the last loss")
    return artists
