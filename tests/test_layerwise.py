"""Two rules in one network against each rule alone, array by array."""

import numpy as np
import pytest

from course_lib.descent import with_lr
from course_lib.layerwise import Layerwise
from course_lib.models import Network
from course_lib.optimizers import GD, Adam, Lion, Momentum, Muon

NET = Network((4, 3, 5, 2))
RNG = np.random.default_rng(0)


def test_each_array_walks_as_it_would_alone():
    rule = Layerwise(NET, hidden=Muon(0.1), rest=Adam(0.01))
    w = NET.init(RNG)
    grads = RNG.normal(size=(7, NET.size))
    state = rule.init(w)
    path = [w]
    for g in grads:
        w, state = rule.step(w, g, state)
        path.append(w)
    for layer, part in [(l, p) for l in range(3) for p in range(2)]:
        alone = Muon(0.1) if part == 0 and layer < 2 else Adam(0.01)
        v = NET.unpack(path[0])[layer][part]
        memory = alone.init(v)
        for g, whole in zip(grads, path[1:], strict=True):
            v, memory = alone.step(v, NET.unpack(g)[layer][part], memory)
            np.testing.assert_array_equal(v, NET.unpack(whole)[layer][part])


@pytest.mark.parametrize(
    "rule", [GD(0.1), Momentum(0.1), Lion(0.1)], ids=lambda r: type(r).__name__
)
def test_the_same_rule_twice_is_the_rule(rule):
    both, w = Layerwise(NET, rule, rule), NET.init(RNG)
    state, alone = both.init(w), rule.init(w)
    v = w
    for g in RNG.normal(size=(3, NET.size)):
        g.setflags(write=False)
        w, state = both.step(w, g, state)
        v, alone = rule.step(v, g, alone)
    np.testing.assert_array_equal(w, v)
    np.testing.assert_array_equal(both.lookahead(w, state), w)


def test_one_schedule_serves_both():
    w, g = NET.init(RNG), RNG.normal(size=NET.size)
    rule = Layerwise(NET, GD(0.1), GD(0.2))
    far, _ = rule.step(w, g, rule.init(w))
    near, _ = with_lr(rule, 0.5 * rule.lr).step(w, g, rule.init(w))
    np.testing.assert_allclose(near - w, (far - w) / 2, atol=1e-15)


def test_a_network_without_hidden_layer_is_refused():
    with pytest.raises(ValueError, match=r"needs a hidden layer, such as \(64, 32, 10\), got"):
        Layerwise(Network((4, 2)), GD(0.1), GD(0.1))
