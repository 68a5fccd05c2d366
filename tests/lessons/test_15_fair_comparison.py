"""The numbers of lesson 15, and optimizers that no list names."""

from functools import lru_cache

import numpy as np
import pytest

from course_lib.capstone import board
from course_lib.checking import Call, judge, local
from course_lib.comparison import LRS, METHODS, Benchmark, centred, look_up
from course_lib.data import digits
from course_lib.exercises import EXERCISES
from course_lib.exercises.fair_comparison import my_optimizer, rank_with_error, select_lr, tune
from course_lib.models import Network
from course_lib.one_sided import fit, one_sided, wrong_on_new
from course_lib.optimizers import Lion


@lru_cache
def bench():
    return Benchmark(Network((64, 16, 10)), centred(digits()))


TUNED = {"SGD": 1.0, "Adagrad": 0.3, "Adadelta": 10.0, "RMSprop": 0.03, "Adam": 0.03, "Nadam": 0.03}


def test_the_table_of_rows_by_hand():
    losses = [[0.6, 0.8], [0.5, 0.5], [0.2, 0.9], [np.nan, 0.1]]
    assert select_lr(losses) == 1


def test_the_table_of_ranks_by_hand():
    rows = rank_with_error({"Adam": [97, 98, 99], "SGD": [96, 97, 98], "Adagrad": [94, 94.5, 95]})
    assert [(name, tied) for name, _, _, tied in rows] == [
        ("Adam", True),
        ("SGD", True),
        ("Adagrad", False),
    ]
    np.testing.assert_allclose([row[1] for row in rows], [98, 97, 94.5])
    np.testing.assert_allclose([row[2] for row in rows], [0.5774, 0.5774, 0.2887], atol=1e-4)


def test_at_one_lr_for_all_the_losses_span_three_powers_of_ten():
    loss = {n: bench().run(METHODS[n], [0.01], [0]).loss[0, 0] for n in ("Lion", "Adam", "SGD")}
    loss["Adadelta"] = bench().run(METHODS["Adadelta"], [0.01], [0]).loss[0, 0]
    assert loss["Lion"] < 0.01 < loss["Adam"] < 0.2 < 1 < loss["SGD"] < 2 < loss["Adadelta"] < 3


def test_tuned_the_methods_tie():
    runs = {
        n: bench().run(METHODS[n], [lr], range(100, 105)).accuracy[0] for n, lr in TUNED.items()
    }
    rows = rank_with_error({name: accuracy.tolist() for name, accuracy in runs.items()})
    assert sum(tied for *_, tied in rows) >= 5
    assert rows[0][1] - rows[-1][1] < 2.0
    assert 96 < rows[0][1] < 99


def test_seed_by_seed_rmsprop_leads_adam_by_less_than_two_images():
    a, b = (
        bench().run(METHODS[n], [0.03], range(200, 230)).accuracy[0] for n in ("RMSprop", "Adam")
    )
    error = (a - b).std(ddof=1) / np.sqrt(30)
    assert 2 * error < np.mean(a - b) < 2 * 100 / 225


def test_no_rung_of_the_ladder_is_at_an_edge():
    linear = Network((64, 10))
    for data, batch in ((digits(), 1347), (digits(), 64), (centred(digits()), 64)):
        task = Benchmark(linear, data, batch_size=batch)
        done = task.run(METHODS["SGD"], LRS[2:], range(3))
        assert 0 < select_lr(done.validation) < len(done.lrs) - 1


def test_tuning_finds_these_learning_rates():
    names = ["SGD", "Adam"]
    grid = bench().grid({n: METHODS[n] for n in names}, LRS[3:8], range(2), progress=False)
    chosen = tune(look_up(grid), names, LRS[3:8].tolist(), [0, 1])
    assert {name: lr for name, (lr, _) in chosen.items()} == {"SGD": 1.0, "Adam": 0.03}


@pytest.mark.parametrize("name", METHODS)
def test_who_says_plus_one(name):
    rates = {"SGD": 0.3, "momentum": 0.03, "Nesterov": 0.03, "Adagrad": 0.1, "Adadelta": 1.0}
    problem = one_sided(40, 14)
    w = fit(METHODS[name], rates.get(name, 0.001), problem, 1500)
    assert np.all(np.sign(problem.X @ w) == problem.y)
    wanted = 0.0 if name in ("SGD", "momentum", "Nesterov") else 14 / 40
    assert wrong_on_new(problem, w) == wanted


def test_the_courses_own_entry_leads_its_board():
    shown = board(my_optimizer)
    assert next(iter(shown.scores)) == "YOURS"
    assert shown.median("YOURS") > 5
    assert shown.median("SGD") < 2 < 4 < shown.median("Adam")


def verdict(step, seed=0):
    return judge(EXERCISES["my-optimizer"], Call(local(step)), seed)


def constant_adam(w, g, state, t):
    m, v = (0 * w, 0 * w) if state is None else state
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return w - 0.3 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), (m, v)


def counting_its_own_steps(w, g, state, t):
    old = {"m": 0 * w, "v": 0 * w, "n": 0} if state is None else state
    n = old["n"] + 1
    m, v = 0.9 * old["m"] + 0.1 * g, 0.9 * old["v"] + 0.1 * g**2
    step = 0.3 * (1 - n / 201) * m / (np.sqrt(v) + 1e-12)
    return w - step, {"m": m, "v": v, "n": n}


@pytest.mark.parametrize("step", [constant_adam, counting_its_own_steps, my_optimizer])
@pytest.mark.parametrize("seed", [0, 2026])
def test_other_good_optimizers_pass(step, seed):
    assert verdict(step, seed).passed


def in_place(w, g, state, t):
    new, state = my_optimizer(w, g, state, t)
    w[:] = new
    return w, state


def remembering(store):
    def step(w, g, state, t):
        if t == 1:
            store["m"] = 0 * w
        store["m"] = 0.9 * store["m"] + 0.1 * g / (np.abs(g) + 1e-12)
        return w - 0.3 * (1 - t / 201) * store["m"], None

    return step


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("step", "status", "mistake"),
    [
        (in_place, "failed", "writes-input"),
        (remembering({}), "failed", "state-outside"),
        (lambda w, g, s, t: (w - 0.1 * np.sign(g) * RNG.random(3), s), "failed", "state-outside"),
        (lambda w, g, s, t: (w - 1e3 * g, s), "failed", "diverges"),
        (lambda w, g, s, t: (w * np.nan, s), "failed", "diverges"),
        (lambda w, g, s, t: (w - 0.03 * g / (np.linalg.norm(g) + 1e-9), s), "failed", "no-memory"),
        (lambda w, g, s, t: (w, s), "failed", "never-moves"),
        (lambda w, g, s, t: (w + 1e-3 * np.sign(g), s), "failed", "uphill"),
        (
            lambda w, g, s, t: Lion(1e-3).step(w, g, 0 * w if s is None else s),
            "failed",
            "too-short",
        ),
        (
            lambda w, g, s, t: Lion(0.1).step(w, g, 0 * w if s is None else s),
            "failed",
            "never-rests",
        ),
        (lambda w, g, s, t: w - g, "failed", None),
        (lambda w, g, s, t: (w[:2], s), "failed", None),
        (lambda w, g, s, t: (w.tolist(), s), "failed", None),
        (lambda w, g, s, t: 1 / 0, "crashed", None),
        (lambda w, g, s: (w, s), "failed", None),
    ],
)
def test_what_is_not_allowed_is_named(step, status, mistake):
    found = verdict(step)
    assert found.status == status
    assert (found.mistake.id if found.mistake else None) == mistake


def test_the_capstone_is_within_its_calls():
    call = Call(local(lambda w, g, s, t: (w - 1e-3 * np.sign(g + (0 if s is None else s)), g)))
    judge(EXERCISES["my-optimizer"], call, 0)
    assert call._calls <= EXERCISES["my-optimizer"].calls
