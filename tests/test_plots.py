"""Pictures: what is drawn, where it is cut, and what show refuses."""

import io

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from PIL import Image

from course_lib.descent import Path, descend
from course_lib.optimizers import GD, Momentum
from course_lib.plots import (
    COLORS,
    contours,
    error_against_h,
    family,
    figure,
    gradient_field,
    path,
    show,
    values,
)
from course_lib.problems import (
    beale,
    double_well,
    himmelblau,
    quadratic,
    rosenbrock,
    saddle,
    valley,
)
from course_lib.sweep import Sweep

ALT = "a line that falls from one to zero"


def drawn(xlabel="x", ylabel="y", title="It falls"):
    fig, ax = figure()
    ax.plot([0, 1], [1, 0])
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    return fig


def words(artists):
    return [a.get_text() for a in artists if isinstance(a, Annotation) and a.get_text()]


def lines(artists):
    return [a for a in artists if isinstance(a, Line2D)]


@pytest.mark.parametrize(
    ("ncols", "nrows", "shape"), [(1, 1, None), (3, 1, (3,)), (1, 2, (2,)), (2, 3, (3, 2))]
)
def test_figure_gives_axes_without_pyplot(ncols, nrows, shape):
    fig, axes = figure(ncols, nrows)
    assert (axes.shape if shape else None) == shape
    assert len(fig.axes) == ncols * nrows
    assert fig.canvas.manager is None  # pyplot's, which would keep the figure in memory
    assert all(t.get_size() >= 10 for ax in fig.axes for t in [*ax.get_xticklabels(), ax.title])


def test_picture_has_png_text_and_alt():
    picture = show(drawn(), f"  {ALT} ")
    data, metadata = picture._repr_mimebundle_()
    assert data["text/plain"] == f"[picture] {ALT}" == repr(picture)
    assert metadata == {"image/png": {"alt": ALT}}
    image = Image.open(io.BytesIO(data["image/png"]))
    assert (image.format, image.size) == ("PNG", (605, 440))  # 5.5 x 4 inches at 110 dots
    assert image.mode == "P"
    assert "Software" not in image.info


def test_picture_is_the_same_every_time():
    assert show(drawn(), ALT).png == show(drawn(), ALT).png


def test_palette_keeps_the_colours():
    fig, ax = figure()
    contours(ax, valley)
    ax.set_title("All colours of the course")
    for i, color in enumerate(COLORS):
        ax.axhspan(-2 + 0.5 * i, -1.7 + 0.5 * i, color=color)
    image = Image.open(io.BytesIO(show(fig, ALT).png)).convert("RGB")
    seen = np.array(image).reshape(-1, 3) / 255
    for color in COLORS:
        assert np.min(np.abs(seen - to_rgb(color)).max(axis=1)) < 0.02, color


def colorbar_without_label():
    fig, ax = figure()
    ax.set(xlabel="x", ylabel="y", title="A map")
    fig.colorbar(ax.imshow(np.eye(2)), ax=ax)
    return fig


def wide_title_over_all():
    fig = drawn()
    fig.suptitle("wide " * 30)
    return fig


REFUSED = [
    (drawn, "", "alt must say in words"),
    (drawn, "a plot", "got 'a plot'"),
    (drawn, " " * 40, "alt must say in words"),
    (lambda: drawn(xlabel=""), ALT, "'It falls' has no xlabel: add"),
    (lambda: drawn(ylabel=" "), ALT, "has no ylabel"),
    (lambda: drawn(title=""), ALT, "has no title"),
    (lambda: drawn("", "", ""), ALT, "no xlabel and no ylabel and no title"),
    (colorbar_without_label, ALT, "no label"),
    (lambda: drawn(title="wide " * 30), ALT, "wider than the picture"),
    (wide_title_over_all, ALT, "wider than the picture"),
]


@pytest.mark.parametrize(("make", "alt", "says"), REFUSED)
def test_show_refuses_in_one_line(make, alt, says):
    with pytest.raises(ValueError, match=says) as caught:
        show(make(), alt)
    assert "\n" not in str(caught.value)


def test_axes_switched_off_need_no_labels():
    fig, axes = figure(2)
    axes[0].axis("off")
    axes[1].set(xlabel="x", ylabel="y", title="The only one")
    show(fig, ALT)


PROBLEMS = [valley, rosenbrock, beale, himmelblau, saddle, double_well, quadratic([1, 4], 0.5)]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.name)
def test_contours_and_field_fill_the_box(problem):
    fig, ax = figure()
    fill, rings, *stars = contours(ax, problem)
    gradient_field(ax, problem, n=9)
    assert (ax.get_xlim(), ax.get_ylim()) == problem.box
    assert len(stars) == len(np.atleast_2d(problem.minimum))
    assert np.all(np.diff(rings.levels) > 0)
    np.testing.assert_array_equal(fill.levels, rings.levels)
    ax.set_title(problem.name)
    show(fig, ALT)


def test_rings_of_a_round_bowl_are_evenly_spaced():
    _, ax = figure()
    _, rings, _ = contours(ax, quadratic([1.0, 1.0], start=[1.0, 1.0]))
    radii = np.sqrt(2 * rings.levels)
    inside = radii[radii < 1.2]  # rings that the box does not cut
    np.testing.assert_allclose(np.diff(inside), np.diff(inside).mean(), rtol=0.1)


def test_field_points_downhill_with_equal_lengths():
    _, ax = figure()
    arrows = gradient_field(ax, valley, n=4)
    x, y = np.asarray(arrows.get_offsets()).T
    downhill = np.stack([-0.01 * x, -y], axis=1)
    downhill /= np.linalg.norm(downhill, axis=1, keepdims=True)
    np.testing.assert_allclose(np.stack([arrows.U, arrows.V], axis=1), downhill, atol=1e-12)


def test_path_draws_its_points_and_keeps_the_view():
    _, ax = figure()
    contours(ax, valley)
    points = descend(GD(1.9), valley).points
    (line,) = path(ax, points, label="lr = 1.9", color="black")
    np.testing.assert_array_equal(line.get_xydata(), points)
    assert line.get_label() == "lr = 1.9"
    assert (ax.get_xlim(), ax.get_ylim()) == valley.box


TOWARDS = np.arange(1.0, 60.0)
# name: points in the box [-1, 1]^2, where the arrow leaves it (None: it stays)
LEAVING = {
    "to the right": (np.stack([0.3 * TOWARDS, 0 * TOWARDS], axis=1), (1.0, 0.0)),
    "up, in one step": ([[0, 0], [0, 1e300]], (0.0, 1.0)),
    "down, to infinity": ([[0.5, 0], [0.5, -np.inf]], (0.5, -1.0)),
    "to nan": ([[0.0, 0.5], [np.nan, np.nan]], (0.0, 1.0)),
    "through a corner": ([[0, 0], [7, 7]], (1.0, 1.0)),
    "growing zigzag": (np.stack([0 * TOWARDS, 0.3 * (-1.3) ** TOWARDS], axis=1), (0.0, -1.0)),
    "starts outside": ([[3.0, 0.0], [4.0, 0.0]], (1.0, 0.0)),
    "only visits the outside": ([[0, 0], [3, 0], [0.5, 0]], None),
    "comes nearer from outside": ([[0, 0], [5, 0], [2, 0]], None),
    "stays": ([[0, 0], [0.5, 0.5]], None),
}


@pytest.mark.parametrize(("points", "edge"), LEAVING.values(), ids=LEAVING)
def test_divergence_is_drawn_as_divergence(points, edge):
    fig, ax = figure()
    ax.set(xlim=(-1, 1), ylim=(-1, 1), xlabel="x", ylabel="y", title="Does it stay?")
    artists = path(ax, points)
    assert words(artists) == ([] if edge is None else ["diverges"])
    if edge is not None:
        np.testing.assert_allclose(artists[0].get_xydata()[-1], edge, atol=1e-12)
        tip = 2 * np.array(artists[1].xy) - 1  # the arrow's, in fractions of the axes
        np.testing.assert_allclose(tip, edge, atol=1e-12)
        assert np.all(np.isfinite(artists[0].get_xydata()))
    show(fig, ALT)  # a warning would be an error here
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1, 1), (-1, 1))


def test_values_labels_each_curve_at_its_end():
    fig, ax = figure()
    runs = {
        "GD": descend(GD(1.9), valley),
        "momentum": descend(Momentum(1.0), valley),
        "too large": descend(GD(2.5), valley, steps=2000),
        "first step": Path(np.zeros((2, 2)), np.array([1.0, np.nan])),
    }
    artists = values(ax, runs)
    assert words(artists) == ["GD", "momentum", "too large: diverges", "first step: diverges"]
    assert ax.get_yscale() == "log"
    heights = sorted(a.xyann[1] for a in artists if isinstance(a, Annotation))
    assert np.all(np.diff(heights) > 0.069)  # no two labels on top of each other
    assert heights[0] >= 0
    assert heights[-1] <= 1
    for line in lines(artists):
        assert np.nanmax(line.get_ydata()) <= 100  # times the start, 1
    ax.set_title("Too large a step climbs")
    show(fig, ALT)


def test_values_above_the_minimum():
    fig, ax = figure()
    run = descend(GD(0.1), double_well, [-1.5, 0.0], steps=400)
    (line,) = lines(values(ax, {"GD": run}, lowest=-5 / 12))
    np.testing.assert_allclose(line.get_ydata()[:50], run.values[:50] + 5 / 12)
    assert ax.get_ylim()[0] > 1e-15  # a loss of exactly zero does not stretch the axis
    assert "minimum" in ax.get_ylabel()
    ax.set_title("It reaches the bottom")
    show(fig, ALT)


def test_error_curves_mark_their_lowest_point():
    fig, ax = figure()
    h = 10.0 ** np.arange(-4, 1)
    curves = {"forward": [5, 1, 2, 3, 4.0], "central": [3, 2, 0, 0.5, 4.0]}  # 0 is luck: left out
    artists = error_against_h(ax, h, curves)
    assert words(artists) == ["forward: lowest at h = 1.0e-03", "central: lowest at h = 1.0e-01"]
    ax.set_title("Smaller is not better")
    show(fig, ALT)


MISUSED = [
    (lambda ax: contours(ax, quadratic([1, 2, 3])), "quadratic has 3"),
    (lambda ax: path(ax, np.zeros((5, 3, 2))), r"got \(5, 3, 2\): of K runs pass"),
    (lambda ax: values(ax, {"a": Path(np.zeros((5, 3, 2)), np.ones((5, 3)))}), r"'a' .* \(5, 3\)"),
    (lambda ax: values(ax, {"a": descend(GD(0.1), saddle, [0.0, 1.0])}), "smaller lowest"),
]


@pytest.mark.parametrize(("call", "says"), MISUSED)
def test_misuse_is_refused_in_one_line(call, says):
    _, ax = figure()
    with pytest.raises(ValueError, match=says) as caught:
        call(ax)
    assert "\n" not in str(caught.value)


def test_plots_leave_the_settings_of_matplotlib_alone():
    before = dict(matplotlib.rcParams)
    fig, ax = figure()
    contours(ax, valley)
    ax.set_title("As it was")
    show(fig, ALT)
    assert dict(matplotlib.rcParams) == before


def test_family_draws_every_method_and_tells_its_settings_and_loss():
    contest = {
        name: Sweep({}, np.array([1.0]), {"lr": lr}, descend(GD(lr), valley, steps=20))
        for name, lr in {"first": 0.5, "second": 1.5}.items()
    }
    _, ax = figure()
    family(ax, valley, contest)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    last = [f"{run.path.values[-1]:.1e}" for run in contest.values()]
    assert labels == [f"first (lr 0.5): {last[0]}", f"second (lr 1.5): {last[1]}"]
    first, second = (line for line in ax.lines if line.get_label() in labels)
    assert first.get_alpha() < second.get_alpha() == 1.0
