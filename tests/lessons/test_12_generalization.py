"""The numbers that lesson 12 claims, from closed forms, or as an order and a rough size."""

import numpy as np
import pytest

from course_lib.checking import judge
from course_lib.checking.calling import Call, local
from course_lib.data import Examples, diabetes, digits
from course_lib.descent import descend, train
from course_lib.exercises import EXERCISES
from course_lib.exercises.generalization import adamw_step
from course_lib.models import Network, SoftmaxRegression
from course_lib.optimizers import GD, Adam, AdamW
from course_lib.problems import least_squares, valley
from course_lib.regularization import ProximalGD, penalty_sweep, with_products
from course_lib.sharpness import learn_until, losses_from, rescale, sharpness
from course_lib.streams import remember
from course_lib.sweep import contest, sweep
from course_lib.two_wells import loss, share_in_flat_well

DATA = diabetes()
IMAGES, NETWORK = digits(), Network((64, 32, 10))
LEARN = Examples(IMAGES.train.X[:400], IMAGES.train.y[:400])
TEST = Examples(
    np.vstack([IMAGES.train.X[400:], IMAGES.test.X]),
    np.append(IMAGES.train.y[400:], IMAGES.test.y),
)


@pytest.mark.parametrize(("bottom", "rise"), [(-1.0, 0.2), (1.0, 0.01)])
def test_a_curve_moved_by_a_fifth(bottom, rise):
    assert loss(bottom - 0.2) == pytest.approx(rise, rel=1e-9)


@pytest.mark.parametrize(
    ("batch_size", "share", "rel"),
    # The shares of the curriculum, whose landscape is not quite this one.
    [(1, 0.90, 0.1), (2, 0.95, 0.1), (4, 0.29, 0.2), (8, 4e-4, 0.3)],
)
def test_shares_in_the_flat_well(batch_size, share, rel):
    assert share_in_flat_well(batch_size, 0.1, 3000) == pytest.approx(share, rel=rel)


def test_more_noise_is_not_always_better():
    shares = [share_in_flat_well(B, 0.1, 3000) for B in (1, 2, 4)]
    assert shares[2] < shares[0] < shares[1]


@pytest.fixture(scope="module")
def minima():
    """Two minima of the same loss and learning rate, one of small batches, one of full ones."""
    return {B: learn_until(0.005, NETWORK, LEARN, B, 0.3, seed=0).w for B in (4, 400)}


def test_the_full_batch_is_three_times_as_sharp_and_not_worse(minima):
    sharp = {B: sharpness(NETWORK, w, LEARN) for B, w in minima.items()}
    right = {B: NETWORK.accuracy(w, *TEST) for B, w in minima.items()}
    assert 2 < sharp[400] / sharp[4] < 5
    assert right[400] > right[4] - 0.01


def test_the_sharpness_depends_on_no_small_step(minima):
    for w in minima.values():
        measured = [sharpness(NETWORK, w, LEARN, h=h) for h in (1e-8, 3e-9)]
        assert measured[0] == pytest.approx(measured[1], rel=1e-3)


def test_rescaling_makes_it_hundreds_of_times_as_sharp(minima):
    (W1, b1), (W2, b2) = NETWORK.unpack(minima[4])
    moved = np.concatenate([part.ravel() for part in rescale((W1, b1, W2, b2), 1 / 32)])
    assert sharpness(NETWORK, moved, LEARN) > 300 * sharpness(NETWORK, minima[4], LEARN)
    np.testing.assert_allclose(
        NETWORK.scores(moved, TEST.X), NETWORK.scores(minima[4], TEST.X), atol=1e-9
    )


@pytest.mark.parametrize("seed", range(4))
def test_on_new_patients_the_error_turns_round(seed):
    columns, y = with_products(DATA.X), (DATA.y - DATA.y.mean()) / DATA.y.std()
    rows = np.random.default_rng(seed).permutation(442)
    few, new = rows[:100], rows[100:]
    Z, off = (columns - columns[few].mean(axis=0)) / columns[few].std(axis=0), y - y[few].mean()
    seen, unseen = (least_squares(Z[part], off[part]) for part in (few, new))
    for rule in (GD(1 / np.linalg.eigvalsh(seen.hessian)[-1]), Adam(0.01)):
        run = descend(rule, seen, steps=300)
        error = unseen.value(run.points)
        assert run.values[-1] < 0.35
        assert error.argmin() < 30
        assert error[-1] > 1.2 * error.min()


@pytest.mark.parametrize(
    ("X", "learn", "least", "most"),
    [(with_products(DATA.X), 100, 0.3, 20.0), (DATA.X, 242, -0.1, 0.1)],
    ids=["65 columns", "10 columns"],
)
def test_a_penalty_helps_where_weights_are_many(X, learn, least, most):
    strengths = np.geomspace(0.01, 10, 25)
    for prices in ((strengths, 0.0), (0.0, strengths)):
        found = penalty_sweep(X, DATA.y, learn, *prices)
        gain = found.plain - found.chosen
        assert least < gain.min()
        assert gain.max() < most
        assert np.all(found.test[:, -1] > found.chosen)
        assert np.all(np.diff(found.train, axis=1) > -1e-3)


def test_the_threshold_makes_four_zeros_and_squares_none():
    ten = (DATA.X - DATA.X.mean(axis=0)) / DATA.X.std(axis=0)
    problem = least_squares(ten, (DATA.y - DATA.y.mean()) / DATA.y.std())
    for rule, zeros in ((ProximalGD(0.1, l1=0.1), 4), (ProximalGD(0.1, l2=0.1), 0)):
        assert np.sum(descend(rule, problem, steps=2000).points[-1] == 0) == zeros


def test_the_four_gradients_by_hand():
    w, m, v, points = np.ones(1), np.zeros(1), np.zeros(1), []
    for t, g in enumerate((1.0, 1.0, -1.0, 0.0), 1):
        w, m, v = adamw_step(w, np.array([g]), m, v, t, 0.1, 0.9, 0.999, 1e-8, 0.5)
        points.append(w[0])
    # 0.95 w - 0.1 m_hat / sqrt(v_hat), with m_hat 1, 1, .071/.271, .0639/.3439 and v_hat 1, 1, 1,
    # .002994 / .003994
    steps = [0.1, 0.1, 0.1 * 0.071 / 0.271, 0.1 * 0.0639 / 0.3439 / np.sqrt(0.7496)]
    wanted = [1.0]
    for step in steps:
        wanted.append(0.95 * wanted[-1] - step)
    np.testing.assert_allclose(points, wanted[1:], rtol=1e-4)
    np.testing.assert_allclose(points, [0.85, 0.7075, 0.6459, 0.5922], atol=6e-5)


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_adamw_leaves_the_same_share_at_any_size_of_gradients(size):
    grads = size * np.random.default_rng(0).normal(size=(1000, 1)) * np.ones(2)
    path, _ = remember(AdamW(0.01, weight_decay=0.1), grads, start=[1.0, 0.0])
    assert path[-1, 0] - path[-1, 1] == pytest.approx(0.999**1000, rel=1e-9)
    assert abs(0.999**1000 - 0.368) < 5e-4


def test_the_published_step_is_named():
    def published(w, g, m, v, t, lr, beta1, beta2, eps, wd):
        g = g + wd * w
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        return w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v

    verdict = judge(EXERCISES["adamw-step"], Call(local(published)), seed=3)
    assert verdict.mistake.id == "l2-in-the-gradient"


def test_a_dead_network_and_a_live_regression():
    ends = {}
    for model in (SoftmaxRegression(64, 10), NETWORK):
        rng = np.random.default_rng(0)
        ends[model] = train(ProximalGD(0.1, l2=0.2), model, IMAGES, 20, 32, rng, progress=False)
    alive, dead = ends.values()
    assert alive.validation_accuracy[-1] > 0.4
    assert dead.loss[-1] == pytest.approx(np.log(10), abs=0.01)
    losses = losses_from(dead.w, NETWORK, LEARN, 0.3, 400)
    assert 150 < np.argmax(losses < 2.2) < 350


def test_decay_stops_short_of_the_training_minimum():
    mirrored = least_squares(np.diag([0.1, 1.0]), [1.0, 1.0])
    np.testing.assert_allclose(mirrored.minimum, [10, 1], rtol=1e-9)
    np.testing.assert_allclose(mirrored.hessian, valley.hessian, atol=1e-12)
    grid = {name: [value] for name, value in contest("Adam", valley)["Adam"].best.items()}
    ends = [sweep(AdamW, mirrored, **grid, weight_decay=[wd]).losses[0] for wd in (0.0, 0.1)]
    assert ends[0] < 1e-20
    assert ends[1] > 1e-2
