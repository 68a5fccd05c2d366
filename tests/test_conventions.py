"""Each library's form against what the library itself did, and how far ours is from it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from course_lib.conventions import FORMS, conventions, follow
from course_lib.optimizers import GD
from course_lib.sweep import FAMILY

GOLDEN = Path(__file__).parent / "golden"


def load(library):
    with np.load(GOLDEN / f"{library}.npz") as recorded:
        return dict(recorded)


RECORDED = {"PyTorch": load("torch"), "Keras": load("keras"), "Optax": load("optax")}

MEMORIES = {"beta1": 0.5, "beta2": 0.9, "eps": 1e-3}
# name in tests/golden/record_*.py -> method, lr, the other settings
RUNS = {
    "momentum": ("momentum", 0.1, {}),
    "momentum-0.5": ("momentum", 0.03, {"beta": 0.5}),
    "momentum-0.99": ("momentum", 0.001, {"beta": 0.99}),
    "momentum-average": ("momentum", 0.1, {}),
    "nesterov": ("Nesterov", 0.1, {}),
    "adagrad": ("Adagrad", 0.1, {"eps": 1e-7}),
    "adagrad-eps-1e-3": ("Adagrad", 0.1, {"eps": 1e-3}),
    "adagrad-eps-1e-8": ("Adagrad", 0.1, {"eps": 1e-8}),
    "adadelta": ("Adadelta", 1.0, {}),
    "adadelta-eps-1e-3": ("Adadelta", 0.5, {"rho": 0.9, "eps": 1e-3}),
    "adadelta-eps-1e-8": ("Adadelta", 1.0, {"rho": 0.9, "eps": 1e-8}),
    "rmsprop": ("RMSprop", 0.01, {}),
    "rmsprop-eps-1e-3": ("RMSprop", 0.01, {"rho": 0.99, "eps": 1e-3}),
    "adam": ("Adam", 0.1, {}),
    "adam-eps-1e-3": ("Adam", 0.1, MEMORIES),
    "adam-eps-inside": ("Adam", 0.1, {"eps": 1e-3}),
    "amsgrad": ("AMSGrad", 0.1, {}),
    "amsgrad-eps-1e-3": ("AMSGrad", 0.1, MEMORIES),
    "amsgrad-paper": ("AMSGrad", 0.1, {"eps": 1e-3}),
    "nadam": ("Nadam", 0.1, {}),
    "nadam-eps-1e-3": ("Nadam", 0.1, MEMORIES),
    "nadam-scheduled": ("Nadam", 0.1, {}),
}
# Switches of a library that turn its form into another one: name -> the form they give.
SWITCHED = {
    ("Optax", "momentum-average"): "average",
    ("Optax", "adam-eps-inside"): "eps inside",
    ("Optax", "amsgrad-paper"): "paper",
    ("PyTorch", "nadam"): "course",
    ("PyTorch", "nadam-eps-1e-3"): "course",
}
OTHER = {"", "start", "grads", "gd", "gd-tiny-lr", "nesterov-constant", "nesterov-constant-0.5"}
OTHER |= {"adamw", "adamw-eps-1e-3"}  # one form everywhere
CASES = [
    (library, name, shape)
    for library, recorded in RECORDED.items()
    for name, shape in (key.rpartition("/")[::2] for key in recorded)
    if name not in OTHER and not (library == "PyTorch" and name == "adagrad")  # its eps is 1e-10
]
FALLING = np.repeat([1.0, 0.1], 30)  # the learning rate drops to a tenth at update 30


def errors(library, name, shape):
    """Of each form: the largest difference from the recording, and whether it should be none."""
    recorded = RECORDED[library]
    method, lr, settings = RUNS[name]
    start, grads = recorded[f"start/{shape}"], recorded[f"grads/{shape}"]
    wanted = recorded[f"{name}/{shape}"]
    scale = np.abs(wanted).max(axis=0)  # how far the coordinate gets: a path may cross zero
    said = FORMS[method][SWITCHED.get((library, name), library)]
    for who, path in conventions(method, grads, lr * FALLING, start, **settings).items():
        yield who, np.max(np.abs(path - wanted) / scale), FORMS[method][who] is said


@pytest.mark.parametrize(("library", "name", "shape"), CASES)
def test_every_form_does_what_its_library_did(library, name, shape):
    for who, error, same in errors(library, name, shape):
        if same:
            assert error <= 1e-12, who


@pytest.mark.parametrize(("library", "name"), dict.fromkeys(case[:2] for case in CASES))
def test_the_recordings_tell_the_forms_apart(library, name):
    # On six coordinates; one alone may have gradients so large that eps does not show.
    for who, error, same in errors(library, name, "2x3"):
        if not same:
            assert error > 1e-3, who


@pytest.mark.parametrize("shape", ["scalar", "3", "2x3"])
def test_keras_stores_where_the_papers_nesterov_looks_ahead(shape):
    recorded = RECORDED["Keras"]
    rule = FORMS["Nesterov"]["paper"](lr=0.1, beta=0.9)
    w = recorded[f"start/{shape}"]
    v, ahead = rule.init(w), [w]
    for g, lr in zip(recorded[f"grads/{shape}"], 0.1 * FALLING, strict=True):
        rule = replace(rule, lr=lr)
        w, v = rule.step(w, g, v)
        ahead.append(rule.lookahead(w, v))
    wanted = recorded[f"nesterov/{shape}"]
    assert np.max(np.abs(np.stack(ahead) - wanted) / np.abs(wanted).max(axis=0)) <= 1e-12


def test_plain_gradient_descent_is_the_same_everywhere():
    for recorded in RECORDED.values():
        path = follow(GD(0.1), recorded["grads/3"], recorded["start/3"], 0.1 * FALLING)
        np.testing.assert_allclose(path, recorded["gd/3"], rtol=1e-12)


def test_every_method_with_a_memory_has_its_forms():
    assert set(FORMS) == {*FAMILY} - {"gradient descent", "Lion"}  # Lion has one form everywhere


# The first step down in units of lr, for a gradient of 0.02 and eps 1e-3: far enough apart to see.
G, EPS = 0.02, 1e-3
ROOT = np.sqrt
FIRST = [
    ("Adagrad", "course", G / (G + EPS)),
    ("Adagrad", "Keras", G / ROOT(0.1 + G**2 + EPS)),
    ("RMSprop", "course", G / (ROOT(0.1) * G + EPS)),
    ("RMSprop", "Optax", G / ROOT(0.1 * G**2 + EPS)),
    ("Adam", "course", G / (G + EPS)),
    ("Adam", "Keras", G / (G + EPS / ROOT(0.001))),  # 32 times the eps
    ("Adam", "eps inside", G / ROOT(G**2 + EPS)),
    ("AMSGrad", "paper", 0.1 * G / (ROOT(0.001) * G + EPS)),
    ("AMSGrad", "Keras", G / (G + EPS / ROOT(0.001))),
    ("AMSGrad", "Optax", G / (G + EPS)),
    ("Nadam", "course", (1 + 0.9 / 1.9) * G / (G + EPS)),
    # mu = .9 (1 - .96^(decay t) / 2); the gradient's part of m_bar is 1 g at t = 1
    ("Nadam", "Keras", (1 + 0.1 * 0.48528 / (1 - 0.468 * 0.48528)) * G / (G + EPS)),
    ("momentum", "average", 0.1 * G),
    ("Nesterov", "PyTorch", 1.9 * G),
    ("Nesterov", "Keras", 1.9 * G),
    ("Nesterov", "paper", G),
]


@pytest.mark.parametrize(("method", "who", "step"), FIRST)
def test_first_step_by_hand(method, who, step):
    settings = {} if method in ("momentum", "Nesterov") else {"eps": EPS}
    path = conventions(method, [G], 0.5, **settings)[who]
    np.testing.assert_allclose(path, [0, -0.5 * step], rtol=1e-12)


def test_an_early_large_gradient_stays_in_optax_and_fades_here():
    # Gradients 1, 0: m_hat = .09/.19. Here the largest v, .001, is corrected by 1 - .999^2;
    # in Optax the largest v_hat is 1 for good.
    paths = conventions("AMSGrad", [1.0, 0.0], 1.0, eps=1e-30)
    wanted = 9 / 19 / np.sqrt(0.001 / (1 - 0.999**2))
    assert paths["course"][1] - paths["course"][2] == pytest.approx(wanted, rel=1e-12)
    assert paths["Optax"][1] - paths["Optax"][2] == pytest.approx(9 / 19, rel=1e-12)


def test_lr_inside_keeps_the_old_lr_in_the_velocity_after_a_drop():
    grads = np.random.default_rng(4).normal(size=(60, 3))
    paths = conventions("momentum", grads, 0.1 * FALLING, beta=0.9)
    np.testing.assert_allclose(paths["Keras"][:31], paths["course"][:31], atol=1e-14)
    # The old velocity v is carried on at 0.1 in place of 0.01, and fades by .9 in each step.
    v = sum(0.9 ** (29 - t) * grads[t] for t in range(30))
    apart = 0.09 * v * sum(0.9**j for j in range(1, 31))
    np.testing.assert_allclose(paths["course"][60] - paths["Keras"][60], apart, rtol=1e-12)


def test_an_average_steps_one_minus_beta_times_as_far_as_a_sum():
    paths = conventions("momentum", np.random.default_rng(4).normal(size=(60, 3)), 0.1, beta=0.9)
    np.testing.assert_allclose(10 * paths["average"], paths["course"], rtol=1e-12)


@pytest.mark.parametrize(
    ("grads", "start", "shape"),
    [
        ([1.0, 2.0], 0.0, (3,)),
        (np.ones((4, 2)), 5.0, (5, 2)),
        (np.ones((4, 2)), [1, 2], (5, 2)),
        (np.ones((0, 2)), [1, 2], (1, 2)),
    ],
)
def test_shapes(grads, start, shape):
    for path in conventions("Adam", grads, 0.1, start).values():
        assert path.shape == shape
        assert path.dtype == float
        np.testing.assert_array_equal(path[0], np.broadcast_to(start, shape[1:]))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: conventions("adam", [1.0], 0.1), "no method 'adam'; its forms .* Adam, AMSGrad"),
        (lambda: conventions("Adam", [1.0], [0.1, 0.2]), r"1 numbers .* got shape \(2,\)"),
    ],
)
def test_refused_in_one_line(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)
