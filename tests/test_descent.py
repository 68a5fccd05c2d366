"""The loops: paths against closed forms and by hand, training against its own data."""

import dataclasses

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from course_lib.data import Examples, Splits
from course_lib.descent import descend, minibatches, train, with_lr
from course_lib.models import SoftmaxRegression
from course_lib.optimizers import GD, Momentum
from course_lib.problems import double_well, quadratic, rosenbrock, saddle, valley


def test_path_has_the_start_and_every_step():
    path = descend(GD(0.5), valley, steps=3)
    np.testing.assert_allclose(
        path.points, [[10, 1], [9.95, 0.5], [9.90025, 0.25], [9.85074875, 0.125]], rtol=1e-14
    )
    np.testing.assert_allclose(path.values, valley.value(path.points), rtol=1e-14)


@pytest.mark.parametrize(
    ("start", "steps", "shape"),
    [
        (None, 5, (6, 2)),
        ([1, 2], 5, (6, 2)),
        ([1.0, 2.0], 0, (1, 2)),
        (np.ones((7, 2)), 5, (6, 7, 2)),
        (np.ones((3, 7, 2)), 5, (6, 3, 7, 2)),
    ],
)
def test_shapes(start, steps, shape):
    path = descend(Momentum(0.1), valley, start, steps=steps)
    assert path.points.shape == shape
    assert path.values.shape == shape[:-1]


def test_start_is_left_alone():
    start = np.array([1.0, 2.0])
    path = descend(GD(0.1), valley, start)
    np.testing.assert_array_equal(start, [1.0, 2.0])
    assert not np.shares_memory(path.points, start)


def test_schedule_gives_the_learning_rate_of_update_k():
    asked = []

    def schedule(k):
        asked.append(k)
        return [0.5, 0.25, 1.0][k]

    path = descend(GD(99.0), quadratic([1.0]), [8.0], steps=3, schedule=schedule)
    assert asked == [0, 1, 2]
    np.testing.assert_array_equal(path.points[:, 0], [8.0, 4.0, 3.0, 0.0])


def test_schedule_keeps_the_other_hyperparameters_and_the_velocity():
    # f = w^2/2 from 1, beta .5: v = 1, 1; w = 1, .5, .5 - .1
    rule = Momentum(0.5, beta=0.5)
    path = descend(rule, quadratic([1.0]), [1.0], steps=2, schedule=lambda k: [0.5, 0.1][k])
    np.testing.assert_allclose(path.points[:, 0], [1.0, 0.5, 0.4])
    assert rule.lr == 0.5


def test_with_lr_changes_nothing_else():
    assert dataclasses.asdict(with_lr(Momentum(0.5, beta=0.7), 0.1)) == {"lr": 0.1, "beta": 0.7}


@dataclasses.dataclass(frozen=True)
class Ahead:
    """Gradient descent that asks one unit to the right of where it is."""

    lr: float = 1.0

    def init(self, w):
        return ()

    def step(self, w, g, state):
        return w - self.lr * g, ()

    def lookahead(self, w, state):
        return w + 1


def test_gradient_is_asked_where_the_rule_looks():
    path = descend(Ahead(0.5), quadratic([1.0]), [3.0], steps=2)
    np.testing.assert_array_equal(path.points[:, 0], [3.0, 1.0, 0.0])  # w - (w + 1) / 2


@pytest.mark.parametrize(
    ("optimizer", "problem"),
    [
        (GD(3.0), valley),
        (GD(1e200), valley),
        (Momentum(4.0), valley),
        (GD(1.0), rosenbrock),
        (GD(10.0), double_well),
        (GD(1.0), saddle),
    ],
)
def test_divergence_is_data(optimizer, problem):
    path = descend(optimizer, problem, steps=3000)  # a warning would be an error here
    assert np.all(np.isfinite(path.values[0]))
    assert not np.isfinite(path.values[-1])
    first = int(np.argmin(np.isfinite(path.values)))
    assert not np.any(np.isfinite(path.values[first:]))  # and it stays


REFUSED = [
    (lambda: descend(GD(0.1), valley, steps=-1), "0 or more, got -1"),
    (lambda: descend(GD(np.ones((3, 1))), valley), r"shape \(2,\) but one step gives \(3, 2\)"),
    (lambda: train(GD(0.1), MODEL, DATA, -1, 8, np.random.default_rng(0)), "got -1 and 8"),
    (lambda: train(GD(0.1), MODEL, DATA, 1, 0, np.random.default_rng(0)), "got 1 and 0"),
]


@pytest.mark.parametrize(("call", "says"), REFUSED)
def test_refused_in_one_line(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


# Two clouds that a line divides: 40 points of each to learn from, 10 of each to watch.
def clouds(n, rng):
    X = np.concatenate([rng.normal(-2, 1, (n, 2)), rng.normal(2, 1, (n, 2))])
    return Examples(X, np.repeat([0, 1], n))


RNG = np.random.default_rng(3)
DATA = Splits(clouds(40, RNG), clouds(10, RNG), clouds(10, RNG))
MODEL = SoftmaxRegression(2, 2)


@pytest.mark.parametrize(("batch_size", "updates"), [(80, 5), (32, 15), (1, 400), (1000, 5)])
def test_training_counts_its_updates_and_learns(batch_size, updates):
    history = train(GD(0.1), MODEL, DATA, 5, batch_size, np.random.default_rng(0))
    assert history.updates == updates
    assert history.loss.shape == history.validation_accuracy.shape == (6,)
    assert history.loss[0] == pytest.approx(np.log(2))  # nothing known: two equal chances
    assert history.loss[-1] < 0.5 * history.loss[0]
    assert history.validation_accuracy[-1] >= 0.95
    assert history.loss[-1] == MODEL.loss(history.w, *DATA.train)


def test_full_batch_training_is_gradient_descent():
    w = np.zeros(MODEL.size)
    for _ in range(4):
        w = w - 0.1 * MODEL.grad(w, *DATA.train)
    history = train(GD(0.1), MODEL, DATA, 4, 80, np.random.default_rng(0))
    np.testing.assert_allclose(history.w, w, rtol=1e-12)


def test_training_takes_a_schedule_counted_over_all_epochs():
    lrs, asked = [0.5, 0.2, 0.1, 0.05], []

    def schedule(k):
        asked.append(k)
        return lrs[k]

    w = np.zeros(MODEL.size)
    for lr in lrs:
        w = w - lr * MODEL.grad(w, *DATA.train)
    rng = np.random.default_rng(0)
    history = train(GD(99.0), MODEL, DATA, 4, 80, rng, schedule=schedule)
    np.testing.assert_allclose(history.w, w, rtol=1e-12)
    assert asked == [0, 1, 2, 3]


@pytest.mark.parametrize(("drop_last", "updates"), [(False, 6), (True, 4)])
def test_the_short_batch_may_be_dropped(drop_last, updates):
    rng = np.random.default_rng(0)
    history = train(GD(0.1), MODEL, DATA, 2, 32, rng, drop_last=drop_last)  # 80 = 32 + 32 + 16
    assert history.updates == updates


def test_training_is_the_same_for_the_same_seed_only():
    runs = [train(GD(0.1), MODEL, DATA, 2, 8, np.random.default_rng(s)).w for s in (0, 0, 1)]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert np.any(runs[0] != runs[2])


def test_training_that_diverges_is_data():
    # a warning would be an error here; data with huge inputs overflow the scores
    huge = Splits(*(Examples(part.X * 1e200, part.y) for part in DATA))
    history = train(GD(1e200), MODEL, huge, 2, 8, np.random.default_rng(0))
    assert not np.isfinite(history.loss[-1])


def test_training_holds_blas_to_one_thread():
    seen = []

    class Watched(SoftmaxRegression):
        def grad(self, w, X, y):
            seen.extend(i["num_threads"] for i in threadpool_info() if i["user_api"] == "blas")
            return super().grad(w, X, y)

    train(GD(0.1), Watched(2, 2), DATA, 1, 80, np.random.default_rng(0))
    if not seen:
        pytest.skip("threadpoolctl sees no BLAS on this machine")
    assert set(seen) == {1}


def test_short_runs_show_no_progress_bar(capsys):
    train(GD(0.1), MODEL, DATA, 3, 8, np.random.default_rng(0))
    out, err = capsys.readouterr()
    assert out == err == ""


@pytest.mark.parametrize(("n", "size"), [(10, 3), (9, 3), (5, 8), (1, 1)])
def test_minibatches_cover_every_row_once(n, size):
    rng = np.random.default_rng(0)
    batches = list(minibatches(n, size, rng))
    assert sorted(np.concatenate(batches)) == list(range(n))
    assert all(len(b) == size for b in batches[:-1])
    assert len(batches) == -(-n // size)


def test_minibatches_are_shuffled_anew_in_every_epoch():
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(list(minibatches(50, 7, rng))) for _ in range(2))
    assert np.any(first != np.arange(50))
    assert np.any(first != second)
