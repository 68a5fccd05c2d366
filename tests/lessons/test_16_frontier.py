"""The numbers of lesson 16, from closed forms and by hand; and wrong steps that no list names."""

import numpy as np
import pytest

from course_lib.checking import Call, judge, local
from course_lib.data import digits
from course_lib.descent import descend
from course_lib.exercises import EXERCISES
from course_lib.layerwise import Layerwise
from course_lib.models import Network
from course_lib.online import rare_slope
from course_lib.optimizers import Adam, AdamW, AMSGrad, Lion, Muon, Nadam, newton_schulz
from course_lib.playoff import playoff
from course_lib.problems import askew, quadratic, valley
from course_lib.streams import remember
from course_lib.sweep import contest

FOUR = [1.0, 1.0, -1.0, 0.0]


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        # With both betas 1/2: m_hat = 1, 1, -1/7, -1/15, and v_max corrected = 1, 1, 1, 14/15.
        (
            AMSGrad(0.1, 0.5, 0.5),
            [-0.1, -0.2, -0.2 + 0.1 / 7, -0.2 + 0.1 / 7 + 0.1 / 15 / 0.966092],
        ),
        # m_bar = 4/3, 23/21, -67/105, -1/31
        (Nadam(0.1, 0.5, 0.5), [-0.13333, -0.24286, -0.17905, -0.17433]),
        (Lion(0.1), [-0.1, -0.2, -0.1, -0.2]),
    ],
    ids=lambda x: type(x).__name__,
)
def test_the_tables_by_hand(rule, points):
    path, _ = remember(rule, FOUR)
    np.testing.assert_allclose(path[1:], points, atol=6e-6)


def test_what_lion_remembers_in_its_table():
    _, states = remember(Lion(0.1), FOUR)
    np.testing.assert_allclose(states, [0.01, 0.0199, 0.009701, 0.00960399], rtol=1e-9)


def test_lion_keeps_four_of_adams_seven():
    lion, adam = Lion(), Adam()
    settings = set(vars(adam)) & set(vars(lion))
    assert settings == {"lr", "beta1", "beta2"}
    assert len(adam.init(np.zeros(2))) == 3  # m, v, t
    assert lion.init(np.zeros(2)).shape == (2,)  # m


# The curriculum's numbers; 2/3 is exact for the worst point.
@pytest.mark.parametrize(
    ("rule", "end", "regret", "within"),
    [
        (Adam(beta1=0.0, beta2=0.1), 1.0, 2 / 3, 0.005),
        (AMSGrad(beta1=0.0, beta2=0.1), -1.0, 0.0064, 0.0001),
        (Adam(beta1=0.0, beta2=0.999), -1.0, 0.0092, 0.0001),
    ],
)
def test_the_game(rule, end, regret, within):
    slopes, points = rare_slope(rule, 3, 10_000)
    assert points[-1] == pytest.approx(end, abs=0.01)
    assert np.mean(slopes * (points + 1)) == pytest.approx(regret, abs=within)


@pytest.mark.parametrize("C", [11, 21])
def test_adam_needs_a_memory_of_a_quarter_of_the_square(C):
    memory = C**2 / 4 * np.array([0.7, 1.3])
    _, points = rare_slope(Adam(beta1=0.0, beta2=1 - 1 / memory), C, rounds=20_000)
    wrong, right = points[-1000:].mean(axis=0)
    assert right < 0 < wrong


def test_why_adam_goes_uphill():
    # v under 3, -1, -1 for ever, at beta2 = 0.1, just after the 3.
    v = (0.9 * 9 + 0.1 * 0.9 + 0.01 * 0.9) / (1 - 0.1**3)
    steps = []
    for slope in (3, -1, -1):
        steps.append(slope / np.sqrt(v))
        v = 0.1 * v + 0.9
    np.testing.assert_allclose(steps, [1.05, -0.76, -0.97], atol=0.01)


@pytest.mark.parametrize(
    ("s", "after"), [(0.6, (1.193, 0.9119, 0.8011)), (0.8, (0.9765, 0.7211, 1.089))]
)
def test_two_singular_values_by_hand(s, after):
    for wanted in after:
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
        assert s == pytest.approx(wanted, rel=6e-4)


def test_newton_schulz_numbers():
    lowest = [
        np.linalg.svd(newton_schulz(np.random.default_rng(k).normal(size=(128, c))))[1].min()
        for c in (128, 256)
        for k in range(2)
    ]
    assert lowest[1] == pytest.approx(0.058, abs=0.001)  # the curriculum's .05
    assert max(lowest[:2]) < 0.1
    assert min(lowest[2:]) > 0.68


def test_first_step_of_nadam_and_its_limit():
    way, _ = remember(Nadam(1.0), np.ones(50))
    assert -way[1] == pytest.approx(1 + 0.9 / 1.9, rel=1e-6)
    grads = np.random.default_rng(0).normal(size=(50, 3))
    np.testing.assert_allclose(
        remember(Nadam(0.1, beta1=0.0), grads)[0], remember(Adam(0.1, beta1=0.0), grads)[0]
    )


@pytest.mark.parametrize("rule", [AdamW(0.001, weight_decay=0.1), Lion(0.0002, weight_decay=0.5)])
def test_the_same_product_of_lr_and_decay_leaves_the_same_share(rule):
    way, _ = remember(rule, np.zeros(10_000), start=1.0)
    assert way[-1] == pytest.approx((1 - 1e-4) ** 10_000, rel=1e-9)
    assert way[-1] == pytest.approx(0.368, abs=5e-4)


@pytest.mark.parametrize("lr", [0.1, 0.01])
def test_lion_stays_an_lr_away_and_adam_arrives(lr):
    bowl = quadratic([1.0], start=[1.0])
    lion, adam = (descend(rule(lr), bowl, steps=3000).points[-100:] for rule in (Lion, Adam))
    assert np.abs(lion).max() == pytest.approx(lr, rel=1e-6)
    assert np.abs(adam).max() < 1e-8


def test_lion_is_lucky_in_the_valley():
    lucky, turned = contest("Lion", valley)["Lion"], contest("Lion", askew)["Lion"]
    assert (lucky.best["lr"], lucky.path.values[-1]) == (
        pytest.approx(1.0),
        pytest.approx(0, abs=1e-25),
    )
    assert 1e-5 < turned.path.values[-1] < 1e-3


def test_muon_leads_for_each_gradient():
    data, network = digits(), Network((64, 32, 10))

    def end(make, lr):
        return playoff(make, [lr], network, data, 4, (0,), range(100, 104), decay=lambda u: 1 - u)

    adam = end(Adam, 0.055)
    muon = end(lambda lr: Layerwise(network, Muon(lr), Adam(0.05)), 0.047)
    assert muon.loss.mean() < 0.5 * adam.loss.mean()
    assert muon.test.mean() > adam.test.mean()


# Wrong steps that no list names: they are refused, if not by name.
@pytest.mark.parametrize(
    ("id", "wrong"),
    [
        ("lion-step", lambda w, g, m, lr, b1, b2, wd: (w - lr * np.sign(g + m), b2 * m + g)),
        ("newton-schulz", lambda G, steps: G / np.linalg.norm(G)),
        ("nadam-step", lambda w, g, m, v, t, lr, b1, b2, eps: (w - lr * g, m, v)),
        ("amsgrad-step", lambda w, g, m, v, x, t, lr, b1, b2, eps: (w - lr * np.sign(g), m, v, x)),
    ],
)
def test_wrong_steps_that_no_list_names(id, wrong):
    verdict = judge(EXERCISES[id], Call(local(wrong)), seed=0)
    assert verdict.status == "failed"
