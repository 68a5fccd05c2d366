"""The update rules against torch, against hand arithmetic, and against closed forms."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.optimizers import (
    GD,
    Adadelta,
    Adagrad,
    Adam,
    AdamState,
    AdamW,
    AMSGrad,
    Lion,
    Momentum,
    Muon,
    Nadam,
    Nesterov,
    RMSprop,
)
from course_lib.problems import quadratic, rosenbrock, valley

with np.load(Path(__file__).parent / "golden" / "torch.npz") as recorded:
    TORCH = dict(recorded)
with np.load(Path(__file__).parent / "golden" / "exact.npz") as recorded:
    EXACT = dict(recorded)
DROP, FACTOR = 30, 0.1

# The names of tests/golden/record_torch.py; what is missing here is compared below, or in
# test_conventions.py.
GOLDEN = {
    "gd": GD(0.1),
    "gd-tiny-lr": GD(1e-6),
    "momentum": Momentum(0.1),
    "momentum-0.5": Momentum(0.03, beta=0.5),
    "momentum-0.99": Momentum(0.001, beta=0.99),
    "adagrad": Adagrad(0.1),
    "adagrad-eps-1e-3": Adagrad(0.1, eps=1e-3),
    "adagrad-eps-1e-8": Adagrad(0.1, eps=1e-8),
    "adadelta": Adadelta(),
    "adadelta-eps-1e-3": Adadelta(0.5, rho=0.9, eps=1e-3),
    "adadelta-eps-1e-8": Adadelta(1.0, rho=0.9, eps=1e-8),
    "rmsprop": RMSprop(0.01),
    "rmsprop-eps-1e-3": RMSprop(0.01, rho=0.99, eps=1e-3),
    "adam": Adam(0.1),
    "adam-eps-1e-3": Adam(0.1, beta1=0.5, beta2=0.9, eps=1e-3),
    "amsgrad": AMSGrad(0.1),
    "amsgrad-eps-1e-3": AMSGrad(0.1, beta1=0.5, beta2=0.9, eps=1e-3),
    "nadam": Nadam(0.1),
    "nadam-eps-1e-3": Nadam(0.1, beta1=0.5, beta2=0.9, eps=1e-3),
    "adamw": AdamW(0.1, weight_decay=1e-2),
    "adamw-eps-1e-3": AdamW(0.1, beta1=0.5, beta2=0.9, eps=1e-3, weight_decay=0.5),
}
# The names of tests/golden/record_exact.py.
FIFTY_DIGITS = {
    "lion": Lion(0.1),
    "lion-0.5": Lion(0.03, beta1=0.5, beta2=0.9, weight_decay=0.5),
    "muon": Muon(0.1),
    "muon-0.5": Muon(0.03, beta=0.5),
    "muon-tall": Muon(0.1),
}
AHEAD = {
    "nesterov-constant": Nesterov(0.1),
    "nesterov-constant-0.5": Nesterov(0.03, beta=0.5),
}
ELSEWHERE = {"nesterov", "nadam-scheduled"}
RULES = {type(rule): rule for rule in (*GOLDEN.values(), *FIFTY_DIGITS.values(), *AHEAD.values())}

each_shape = pytest.mark.parametrize("shape", ["scalar", "3", "2x3"])
each_rule = pytest.mark.parametrize(
    "optimizer", RULES.values(), ids=lambda rule: type(rule).__name__
)


def run(optimizer, start, grads, factor=FACTOR):
    """The path, and the look-ahead point in each row."""
    w = np.array(start)
    state = optimizer.init(w)
    path, ahead = [w], [w]
    for t, g in enumerate(grads):
        rule = replace(optimizer, lr=optimizer.lr * (1 if t < DROP else factor))
        w, state = rule.step(w, g, state)
        path.append(w)
        ahead.append(rule.lookahead(w, state))
    return np.stack(path), np.stack(ahead)


def off(path, wanted):
    """The largest difference, relative to how far the coordinate gets: a path may cross zero."""
    return np.max(np.abs(path - wanted) / np.abs(wanted).max(axis=0))


def test_every_recorded_optimizer_is_compared():
    recorded = {key.rpartition("/")[0] for key in TORCH} - {"", "start", "grads"}
    assert recorded == {*GOLDEN, *AHEAD, *ELSEWHERE}
    assert {key.rpartition("/")[0] for key in EXACT} - {"", "start", "grads"} == {*FIFTY_DIGITS}


@each_shape
@pytest.mark.parametrize("name", GOLDEN)
def test_equals_torch(name, shape):
    path, _ = run(GOLDEN[name], TORCH[f"start/{shape}"], TORCH[f"grads/{shape}"])
    assert off(path, TORCH[f"{name}/{shape}"]) <= 1e-12


@each_shape
@pytest.mark.parametrize("name", FIFTY_DIGITS)
def test_equals_arithmetic_with_fifty_digits(name, shape):
    wanted = EXACT[f"{name}/{shape}"]
    start, grads = EXACT[f"start/{shape}"], EXACT[f"grads/{shape}"]
    if name.startswith("muon"):  # which takes matrices: a vector is a row, or a column where tall
        start, grads = np.atleast_2d(start), grads.reshape(len(grads), *np.atleast_2d(start).shape)
    if name == "muon-tall":
        start, grads = start.T, grads.swapaxes(1, 2)
    path, _ = run(FIFTY_DIGITS[name], start, grads)
    assert off(path, wanted) <= 1e-12


@each_shape
@pytest.mark.parametrize("name", AHEAD)
def test_nesterov_looks_ahead_to_the_point_that_torch_stores(name, shape):
    _, ahead = run(AHEAD[name], TORCH[f"start/{shape}"], TORCH[f"grads/{shape}"], factor=1)
    assert off(ahead, TORCH[f"{name}/{shape}"]) <= 1e-12


@each_shape
def test_after_a_drop_nesterov_and_torch_stay_as_far_apart_as_the_docstring_says(shape):
    grads, stored = TORCH[f"grads/{shape}"], TORCH[f"nesterov/{shape}"]
    _, ahead = run(Nesterov(0.1), TORCH[f"start/{shape}"], grads)
    v = sum(0.9 ** (DROP - 1 - t) * grads[t] for t in range(DROP))  # the velocity at the drop
    apart = np.zeros_like(ahead)
    apart[DROP + 1 :] = 0.9 * (0.1 - 0.01) * v
    assert off(ahead - apart, stored) <= 1e-12
    assert np.all(np.abs(apart[-1]) > 0)


# Four gradients by hand: 1, 1, -1, 0 from w = 0. Each row lists the steps down, -dw.
ROOT = np.sqrt
NS = 1.0  # what Muon makes of a 1 x 1 matrix, whatever is in it: the quintic five times on 1
for _ in range(5):
    NS = 3.4445 * NS - 4.775 * NS**3 + 2.0315 * NS**5
BY_HAND = [
    (GD(0.5), [0.5, 0.5, -0.5, 0]),
    # v = 1, 1.5, -.25, -.125
    (Momentum(0.5, beta=0.5), [0.5, 0.75, -0.125, -0.0625]),
    (Momentum(0.5, beta=0.0), [0.5, 0.5, -0.5, 0]),
    (Nesterov(0.5, beta=0.5), [0.5, 0.75, -0.125, -0.0625]),
    # G = 1, 2, 3, 3
    (Adagrad(0.5, eps=1), [0.5 / 2, 0.5 / (ROOT(2) + 1), -0.5 / (ROOT(3) + 1), 0]),
    # Eg = 1/2, 3/4, 7/8, 7/16; d^2 = 2/3, then Ed = 1/3; d^2 = 16/21, then Ed = 23/42
    (Adadelta(1.0, rho=0.5, eps=1), [ROOT(2 / 3), ROOT(16 / 21), -ROOT(65 / 42 * 8 / 15), 0]),
    # s = 1/2, 3/4, 7/8, 7/16
    (
        RMSprop(1.0, rho=0.5, eps=1),
        [1 / (ROOT(1 / 2) + 1), 1 / (ROOT(3 / 4) + 1), -1 / (ROOT(7 / 8) + 1), 0],
    ),
    # m = 1/2, 3/4, -1/8, -1/16; v as s above; corrected by 1/2, 3/4, 7/8, 15/16:
    # m_hat = 1, 1, -1/7, -1/15; v_hat = 1, 1, 1, 7/15
    (Adam(1.0, 0.5, 0.5, eps=1), [1 / 2, 1 / 2, -1 / 14, -1 / 15 / (ROOT(7 / 15) + 1)]),
    # v_max = 1/2, 3/4, 7/8, 7/8: the last v_hat is 14/15
    (AMSGrad(1.0, 0.5, 0.5, eps=1), [1 / 2, 1 / 2, -1 / 14, -1 / 15 / (ROOT(14 / 15) + 1)]),
    # m_bar = 1/3 + 1, 3/7 + 2/3, -1/15 - 4/7, -1/31
    (
        Nadam(1.0, 0.5, 0.5, eps=1),
        [4 / 3 / 2, 23 / 21 / 2, -67 / 105 / 2, -1 / 31 / (ROOT(7 / 15) + 1)],
    ),
    # Adam's steps, and half of w on top: w = -.5, -.75, -.75 (1/2) + 1/14
    (
        AdamW(1.0, 0.5, 0.5, eps=1, weight_decay=0.5),
        [1 / 2, 1 / 4, -1 / 14 - 3 / 8, -1 / 15 / (ROOT(7 / 15) + 1) - 17 / 112],
    ),
    # m = .25, .4375, .078125; c = .5, .625, -.28125, .0390625
    (Lion(0.5, beta1=0.5, beta2=0.75), [0.5, 0.5, -0.5, 0.5]),
    # w = -.5, -.75, -.375 + .5: half of the sign and a quarter of w
    (Lion(0.5, 0.5, 0.75, weight_decay=1.0), [0.5, 0.25, -0.875, 0.5625]),
    # v = 1, 1.5, -.25, -.125; g + v/2 = 1.5, 1.75, -1.125, -.0625
    (Muon(0.5, beta=0.5), [0.5 * NS, 0.5 * NS, -0.5 * NS, -0.5 * NS]),
]


@pytest.mark.parametrize(("optimizer", "steps"), BY_HAND)
def test_four_gradients_by_hand(optimizer, steps):
    path, _ = run(optimizer, [[0.0]], np.reshape([1.0, 1.0, -1.0, 0.0], (4, 1, 1)))
    np.testing.assert_allclose(-np.diff(path[:, 0, 0]), steps, rtol=1e-13, atol=1e-16)


def test_every_rule_is_done_by_hand():
    assert {type(optimizer) for optimizer, _ in BY_HAND} == set(RULES)


def arrays(state):
    return [part for part in (state if isinstance(state, tuple) else (state,)) if np.ndim(part)]


@each_rule
def test_step_is_pure(optimizer):
    w, g = np.array([[1.0, -2.0]]), np.array([[0.5, 0.25]])
    _, state = optimizer.step(w, g, optimizer.init(w))
    for array in (w, g, *arrays(state)):
        array.setflags(write=False)  # writing into an input would raise
    first, new = optimizer.step(w, g, state)
    again, _ = optimizer.step(w, g, state)
    np.testing.assert_array_equal(first, again)
    for array in (first, *arrays(new)):
        assert not any(np.shares_memory(array, old) for old in (w, g))
    if type(optimizer) is not Nesterov:
        np.testing.assert_array_equal(optimizer.lookahead(w, state), w)


@each_rule
def test_many_runs_at_once_equal_single_runs(optimizer):
    """Every hyperparameter may be a column; each row is a run, with matrices of one row in it."""
    factors = np.array([0.1, 0.5, 0.9, 1.0]).reshape(4, 1, 1)
    columns = {f.name: getattr(optimizer, f.name) * factors for f in fields(optimizer)}
    starts = np.array([[[1.0, 2.0]], [[-3.0, 0.5]], [[10.0, 1.0]], [[0.0, 1.0]]])
    together = descend(replace(optimizer, **columns), valley, starts, steps=40)
    for k in range(4):
        one = replace(optimizer, **{name: column[k, 0, 0] for name, column in columns.items()})
        alone = descend(one, valley, starts[k], steps=40)
        np.testing.assert_allclose(together.points[:, k], alone.points, rtol=1e-12, atol=1e-300)
        np.testing.assert_allclose(together.values[:, k], alone.values, rtol=1e-12, atol=1e-300)


def test_gd_on_a_quadratic_has_a_closed_form():
    curvature, lr, t = np.array([0.1, 1.0, 7.0]), 0.25, np.arange(51)
    bowl = quadratic(curvature, start=[3.0, -2.0, 1.0])
    wanted = (1 - lr * curvature) ** t[:, None] * bowl.start
    np.testing.assert_allclose(descend(GD(lr), bowl, steps=50).points, wanted, rtol=1e-11)


@pytest.mark.parametrize(
    ("lr", "rate"),
    [(2 / 1.01, 99 / 101), (1.0, 0.99), (0.5, 0.995)],
    ids=["2/(L+mu)", "1/L", "half of it"],
)
def test_rate_of_gd_in_the_valley(lr, rate):
    points = descend(GD(lr), valley, steps=1000).points
    length = np.linalg.norm(points, axis=1)
    assert length[1000] / length[999] == pytest.approx(rate, rel=1e-9)


@pytest.mark.parametrize(
    ("optimizer", "rate"),
    [
        (Momentum(4 / (1 + 0.1) ** 2, beta=(9 / 11) ** 2), 9 / 11),  # (sqrt k - 1)/(sqrt k + 1)
        (Nesterov(1.0, beta=9 / 11), 1 - 1 / 10),  # 1 - 1/sqrt k
    ],
    ids=["heavy ball: .818", "Nesterov: .900"],
)
def test_best_rate_in_the_valley(optimizer, rate):
    # There the 2 x 2 matrix of a step has a double eigenvalue: the distance falls like t * rate^t,
    # so t times the rate is what two lengths give.
    length = np.linalg.norm(descend(optimizer, valley, steps=400).points, axis=1)
    assert (length[400] / length[200] / 2) ** (1 / 200) == pytest.approx(rate, rel=1e-3)


# The largest stable learning rate on curvature L = 1.
@pytest.mark.parametrize(
    ("make", "limit"),
    [
        (GD, 2.0),
        (lambda lr: Momentum(lr, 0.5), 3.0),
        (lambda lr: Momentum(lr, 0.9), 3.8),
        (lambda lr: Nesterov(lr, 0.5), 1.5),
        (lambda lr: Nesterov(lr, 0.9), 3.8 / 2.8),  # 1.357, less than GD's
    ],
    ids=["2/L", ".5: 2(1+b)/L", ".9: 2(1+b)/L", ".5: 2(1+b)/(1+2b)/L", ".9: 2(1+b)/(1+2b)/L"],
)
def test_stability_limit(make, limit):
    bowl = quadratic([1.0])
    assert abs(descend(make(0.99 * limit), bowl, steps=3000).points[-1, 0]) < 1e-6
    assert abs(descend(make(1.01 * limit), bowl, steps=3000).points[-1, 0]) > 1e6


def test_momentum_with_beta_zero_is_gd():
    start = np.array([3.0, -1.0])
    for rule in (Momentum, Nesterov):
        np.testing.assert_array_equal(
            descend(rule(1.3, beta=0.0), valley, start).points,
            descend(GD(1.3), valley, start).points,
        )


def test_velocity_is_a_sum_with_gain_one_over_one_minus_beta():
    rule, w = Momentum(0.1, beta=0.9), np.zeros(1)
    v = rule.init(w)
    for _ in range(400):
        w, v = rule.step(w, np.ones(1), v)
    assert v[0] == pytest.approx(10, rel=1e-12)


# The size of the first step, in units of lr, whatever the gradient's.
@pytest.mark.parametrize(
    ("optimizer", "size"),
    [
        (Adagrad(0.1), 1.0),
        (RMSprop(0.1), 1 / np.sqrt(1 - 0.9)),  # 3.162
        (Adam(0.1), 1.0),
        (AMSGrad(0.1), 1.0),
        (Nadam(0.1), 1 + 0.9 / 1.9),
    ],
    ids=lambda x: type(x).__name__,
)
@pytest.mark.parametrize("g", [1e-3, 1.0, -1e3])
def test_first_step(optimizer, size, g):
    w, _ = replace(optimizer, eps=1e-20).step(np.zeros(1), np.array([g]), optimizer.init([0.0]))
    assert w[0] == pytest.approx(-np.sign(g) * 0.1 * size, rel=1e-12)


def test_first_step_of_adam_if_it_were_not_corrected():
    _, (m, v, t) = Adam().step(np.zeros(1), np.array([7.0]), Adam().init(np.zeros(1)))
    assert t == 1
    assert m[0] / np.sqrt(v[0]) == pytest.approx(0.1 / np.sqrt(0.001), rel=1e-12)  # 3.162
    assert m[0] / (1 - 0.9) / np.sqrt(v[0]) == pytest.approx(1 / np.sqrt(0.001), rel=1e-12)  # 31.6


def test_first_step_of_adadelta_is_set_by_eps():
    for eps in (1e-8, 1e-4, 1e-2):
        w, _ = Adadelta(eps=eps).step(np.zeros(1), np.array([3.0]), Adadelta().init(np.zeros(1)))
        assert -w[0] == pytest.approx(3 * np.sqrt(eps / (0.05 * 9 + eps)), rel=1e-12)


def test_adadelta_keeps_its_path_in_other_units_only_if_eps_carries_them():
    # Metres for kilometres, with the curvature as it is: w, g and d grow by c, squares by c^2.
    c = 1000.0
    path = descend(Adadelta(), valley, steps=1000).points
    carried = descend(Adadelta(eps=1e-6 * c**2), valley, c * valley.start, 1000).points / c
    as_run = descend(Adadelta(), valley, c * valley.start, 1000).points / c
    assert off(carried, path) < 1e-13
    assert off(as_run, path) > 0.9


@pytest.mark.parametrize("optimizer", [Adagrad(0.1), RMSprop(0.1), Adam(0.1), AMSGrad(0.1)])
def test_loss_times_a_thousand_changes_nothing_once_eps_is_scaled(optimizer):
    grads = TORCH["grads/3"]
    path, _ = run(optimizer, np.zeros(3), grads)
    # A power of two, so that every product is exact.
    scaled, _ = run(replace(optimizer, eps=1024 * optimizer.eps), np.zeros(3), 1024 * grads)
    np.testing.assert_array_equal(scaled, path)


def adam_steps(grads, t=0):
    """The sizes of Adam's steps in units of lr, the memory being empty at update t."""
    w, state = np.zeros(1), AdamState(np.zeros(1), np.zeros(1), t)
    rule, sizes = Adam(lr=1.0, eps=1e-30), []
    for g in grads:
        new, state = rule.step(w, np.array([g]), state)
        sizes.append(abs(float((new - w)[0])))
        w = new
    return sizes


def test_adam_steps_further_than_lr_after_silence():
    silence = 10**6  # so long that the corrections are 1
    assert adam_steps([1.0], silence)[0] == pytest.approx(0.1 / np.sqrt(0.001), rel=1e-9)  # 3.162
    # The worst case, by Cauchy and Schwarz: gradients that grow by beta2 / beta1 each time.
    growing = (0.999 / 0.9) ** np.arange(-400, 1.0)
    bound = 0.1 / np.sqrt(0.001) / np.sqrt(1 - 0.9**2 / 0.999)
    assert bound == pytest.approx(7.27, abs=0.005)
    assert adam_steps(growing, silence)[-1] == pytest.approx(bound, rel=1e-9)
    noise = np.random.default_rng(0).standard_cauchy(2000)
    assert max(adam_steps(noise)) < bound
    assert max(adam_steps(growing[-10:])) == pytest.approx(1.04, abs=0.005)  # the first ten steps


# Reddi, Kale and Kumar 2018: the loss is 3 x in every third step, else -x, and x is in [-1, 1].
# Best is -1 throughout; the worst point, 1, loses 2 in three steps.
@pytest.mark.parametrize(
    ("optimizer", "end", "regret"),
    [
        (Adam(0.5, beta1=0.0, beta2=0.1), 1.0, 2 / 3),
        (AMSGrad(0.5, beta1=0.0, beta2=0.1), -1.0, 0.0),
        (Adam(0.5, beta1=0.0, beta2=0.999), -1.0, 0.0),  # a longer memory, and it is fine
    ],
    ids=["Adam", "AMSGrad", "Adam, beta2 .999"],
)
def test_the_online_problem_on_which_adam_fails(optimizer, end, regret):
    steps, lost = 6000, 0.0
    w = np.zeros(1)
    state = optimizer.init(w)
    for t in range(1, steps + 1):
        g = np.array([3.0 if t % 3 == 1 else -1.0])
        lost += float(g[0] * (w[0] - -1.0))
        w, state = replace(optimizer, lr=0.5 / np.sqrt(t)).step(w, g, state)
        w = np.clip(w, -1, 1)
    assert w[0] == pytest.approx(end, abs=0.02)
    assert lost / steps == pytest.approx(regret, abs=1 / np.sqrt(steps))  # it falls like 1/sqrt T


@each_rule
def test_every_rule_goes_down(optimizer):
    start = rosenbrock.start[None]  # a matrix of one row
    values = descend(replace(optimizer, lr=1e-3), rosenbrock, start, steps=1000).values
    assert values[-1] < values[0]
