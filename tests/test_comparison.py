"""The benchmark against descent.train, run by run; the lookup; what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.comparison import METHODS, Benchmark, Trained, centred, look_up
from course_lib.data import Examples, Splits, digits
from course_lib.descent import train
from course_lib.models import Network

DATA, MODEL = digits(), Network((64, 5, 10))
BENCH = Benchmark(MODEL, DATA, epochs=2, batch_size=300)
LEARNING_RATES, SEEDS = [0.01, 0.3], [3, 8]


@pytest.mark.parametrize("name", METHODS)
def test_all_runs_at_once_are_the_runs_one_by_one(name):
    done = BENCH.run(METHODS[name], LEARNING_RATES, SEEDS)
    updates = 2 * 5  # 1347 in batches of 300
    for i, lr in enumerate(LEARNING_RATES):
        for j, seed in enumerate(SEEDS):
            rng = np.random.default_rng(seed)
            alone = train(
                METHODS[name](lr=lr),
                MODEL,
                DATA,
                2,
                300,
                rng,
                progress=False,
                schedule=lambda k, lr=lr: lr * (1 - k / updates),
            )
            assert done.loss[i, j] == pytest.approx(alone.loss[-1], rel=1e-9)
            for got, part in ((done.validation, DATA.validation), (done.test, DATA.test)):
                assert got[i, j] == pytest.approx(MODEL.loss(alone.w, *part), rel=1e-9)
            assert done.accuracy[i, j] == 100 * MODEL.accuracy(alone.w, *DATA.test)


def test_a_run_that_diverges_is_data():
    done = BENCH.run(METHODS["SGD"], [1e6], [0])
    assert not done.validation[0, 0] < 10


def test_decay_is_asked_for_the_share_of_updates():
    asked = []
    bench = replace(BENCH, decay=lambda u: asked.append(u) or 1.0)
    constant = bench.run(METHODS["SGD"], [0.1], [0])
    np.testing.assert_allclose(asked, np.arange(10) / 10)
    rng = np.random.default_rng(0)
    alone = train(METHODS["SGD"](lr=0.1), MODEL, DATA, 2, 300, rng, progress=False)
    assert constant.loss[0, 0] == pytest.approx(alone.loss[-1], rel=1e-9)


def test_a_grid_holds_every_method():
    grid = BENCH.grid({"a": METHODS["SGD"], "b": METHODS["Adam"]}, [0.1], [0], progress=False)
    assert list(grid) == ["a", "b"]
    assert grid["b"].loss == BENCH.run(METHODS["Adam"], [0.1], [0]).loss


@pytest.mark.parametrize(("lrs", "seeds"), [([], [0]), ([0.1], [])])
def test_nothing_to_run_is_refused(lrs, seeds):
    with pytest.raises(ValueError, match="needs a learning rate and a seed"):
        BENCH.run(METHODS["SGD"], lrs, seeds)


TABLE = Trained(
    lrs=np.array([0.1, 1.0]),
    seeds=np.array([4, 7]),
    loss=np.zeros((2, 2)),
    validation=np.array([[1.0, 2.0], [3.0, 4.0]]),
    test=np.array([[5.0, 6.0], [7.0, 8.0]]),
    accuracy=np.zeros((2, 2)),
)


def test_look_up_reads_validation_then_test():
    run = look_up({"SGD": TABLE})
    assert run("SGD", 1.0, 4) == (3.0, 7.0)
    assert run("SGD", 0.1, 7) == (2.0, 6.0)


@pytest.mark.parametrize("asked", [("Adam", 0.1, 4), ("SGD", 0.2, 4), ("SGD", 0.1, 5)])
def test_a_run_that_is_not_there_is_refused(asked):
    with pytest.raises(ValueError, match="the grid has no run"):
        look_up({"SGD": TABLE})(*asked)


def test_centred_by_the_training_part_alone():
    y = np.zeros(2, dtype=int)
    parts = ([[0.0, 0.0], [2.0, 0.0]], [[4.0, 1.0], [4.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]])
    data = Splits(*(Examples(np.array(X), y) for X in parts))
    # Means 1 and 0; deviations of all four centred numbers -1, 0, 1, 0: the root of 1/2.
    train_, validation, test = (part.X * np.sqrt(0.5) for part in centred(data))
    np.testing.assert_allclose(train_, [[-1, 0], [1, 0]])
    np.testing.assert_allclose(validation, [[3, 1], [3, 1]])
    np.testing.assert_allclose(test, [[0, 0], [0, 0]])
