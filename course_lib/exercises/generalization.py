"""Exercises of lesson 12: the sharpest direction, rescaling, penalties, decoupled decay."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from course_lib.checking import Call, Case, Exercise, Mistake, Variant, cases, trajectory
from course_lib.exercises.adam import ADAM_STEP, adam_step
from course_lib.optimizers import AdamState, AdamW
from course_lib.regularization import elastic_net as net_penalty
from course_lib.regularization import soft_threshold as shrink
from course_lib.sharpness import rescale
from course_lib.sharpness import top_hessian_eigenvalue as power_iteration

# ---------------------------------------------------------------- the sharpest direction


def top_hessian_eigenvalue(hvp, v0, iters):
    return power_iteration(hvp, v0, iters)


def _turned(rng, eigenvalues):
    """A symmetric matrix with these eigenvalues, in random directions."""
    Q, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))
    return (Q * eigenvalues) @ Q.T


def _observe_power(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    tries = [
        ("2 x 2, worked by hand", np.diag([1.0, 3.0]), np.array([1.0, 1.0]), 1),
        ("2 x 2, diagonal", np.diag([1.0, 3.0]), np.array([1.0, 1.0]), 2),
        ("with a negative curvature", np.diag([-4.0, 1.0]), np.array([3.0, 4.0]), 30),
        ("of a random matrix", _turned(rng, [0.1, 1.0, 5.0]), rng.normal(size=3), 60),
        ("of a large matrix", _turned(rng, [1.0, 2.0, 400.0]), rng.normal(size=3), 150),
    ]
    for name, H, v0, iters in tries:

        def hvp(v, H=H):
            with np.errstate(all="ignore"):  # a student's v may have grown beyond all numbers
                return H @ np.asarray(v, dtype=float)

        eigenvalue = call(hvp, v0, iters)
        yield Case({"H": f"{name}", "v0": v0, "iters": iters}, {"the eigenvalue": eigenvalue})


def _iterate(result, norm=np.linalg.norm, turns=lambda iters: iters):
    """Power iteration with one thing changed: result(v, hvp(v)) is what it returns."""

    def wrong(hvp, v0, iters):
        with np.errstate(all="ignore"):
            v = v0 / np.linalg.norm(v0)
            for _ in range(turns(iters)):
                v = hvp(v)
                v = v / norm(v)
            return result(v, hvp(v))

    return wrong


def _quotient(v, Hv):
    return float(v @ Hv)


TOP_HESSIAN_EIGENVALUE = Exercise(
    id="top-hessian-eigenvalue",
    title="The curvature of the sharpest direction",
    points=2,
    reference=top_hessian_eigenvalue,
    observe=_observe_power,
    hints=(
        "A product with H stretches every eigenvector in v by its own eigenvalue. "
        "Repeat it, and the largest wins.",
        "One turn is two steps: ask `hvp` for the product with v, then divide it by its length, "
        "`np.linalg.norm`.",
        "What you have turned so is the v of the next turn.",
    ),
    mistakes=(
        Mistake(
            "not-normalised",
            "Your v grows from turn to turn: the result is far too large, and in the end no "
            "number at all. What length should v have when a turn is over?",
            _iterate(_quotient, norm=lambda v: 1.0),
        ),
        Mistake(
            "divided-at-the-end-only",
            "You divide by the length of v, but only at the end. Until then v grows by the "
            "eigenvalue in every turn, and beyond the largest number there is.",
            _iterate(lambda v, Hv: float(v @ Hv / (v @ v)), norm=lambda v: 1.0),
        ),
        Mistake(
            "absolute-value",
            "You return the size of the eigenvalue. Its sign tells whether the direction curves up "
            "or down: keep it.",
            _iterate(lambda v, Hv: abs(float(v @ Hv))),
        ),
        Mistake(
            "length-of-the-product",
            "You return the length of H v. It has lost the sign, and is exact only when v has "
            "arrived: take the product of v with it.",
            _iterate(lambda v, Hv: float(np.linalg.norm(Hv))),
        ),
        Mistake(
            "the-vector",
            "You return v, the direction. What is wanted is the curvature along it, one number.",
            _iterate(lambda v, Hv: v),
        ),
        Mistake(
            "one-turn-only",
            "However large `iters` is, v is turned only once. Does each round of your loop begin "
            "with the v of the round before, or with v0 again?",
            _iterate(_quotient, turns=lambda iters: 1),
        ),
        Mistake(
            "no-turn",
            "You return the curvature along v0 itself: v is not turned at all. What does your loop "
            "change?",
            _iterate(_quotient, turns=lambda iters: 0),
        ),
        Mistake(
            "one-turn-short",
            "You measure one turn early, or make one too few. `iters` turns come first, then the "
            "measurement.",
            _iterate(_quotient, turns=lambda iters: iters - 1),
        ),
        Mistake(
            "one-turn-too-many",
            "You make one turn more than `iters`, and measure after that. Count them.",
            _iterate(_quotient, turns=lambda iters: iters + 1),
        ),
        Mistake(
            "largest-entry-as-length",
            "You divide by the largest entry of v, so its length is not 1, and v times H v is not "
            "the eigenvalue. Divide by the length.",
            _iterate(_quotient, norm=lambda v: np.max(np.abs(v))),
        ),
        Mistake(
            "sum-as-length",
            "You divide by the sum of the sizes of the entries, so v does not have length 1. "
            "The length is the root of the sum of squares.",
            _iterate(_quotient, norm=lambda v: np.sum(np.abs(v))),
        ),
        Mistake(
            "squared-length",
            "You divide by the square of the length: no root. Then v shrinks or grows "
            "from turn to turn.",
            _iterate(_quotient, norm=lambda v: v @ v),
        ),
        Mistake(
            "ratio-of-entries",
            "You divide H v by v, entry by entry. They agree only when v has arrived, and an entry "
            "of v may be 0: take the product of the two vectors.",
            _iterate(lambda v, Hv: float(np.mean(Hv / v))),
        ),
    ),
)

# ---------------------------------------------------------------- rescaling


def rescale_network(params, a):
    return rescale(params, a)


def _networks(rng):
    small = (
        np.array([[1.0, -2.0]]),
        np.array([0.5, 1.0]),
        np.array([[2.0], [4.0]]),
        np.array([3.0]),
    )
    shapes = ((3, 4), (4,), (4, 2), (2,))
    return [
        (small, 2.0),
        (tuple(rng.normal(size=shape) for shape in shapes), 0.25),
        (tuple(rng.normal(size=shape) for shape in shapes), 32.0),
    ]


def _scaled(*powers):
    """The four parameters, each times its own function of a."""

    def wrong(params, a):
        return tuple(p * power(a) for p, power in zip(params, powers, strict=True))

    return wrong


def _same(a):
    return 1.0


def _times(a):
    return a


def _over(a):
    return 1 / a


RESCALE_NETWORK = Exercise(
    id="rescale-network",
    title="The same function at another place",
    points=2,
    reference=rescale_network,
    observe=cases(_networks, ("(W1, b1, W2, b2)", "a"), "the new (W1, b1, W2, b2)"),
    hints=(
        "Write the network down as one line: max(0, x W1 + b1) W2 + b2. "
        "What has to be multiplied so that all of the bracket is?",
        "The hidden layer comes out a times as large. Which one array makes up for it? "
        "What is added after that array needs nothing.",
    ),
    mistakes=(
        Mistake(
            "first-bias-forgotten",
            "You leave b1 as it is. It is added inside the bracket, before the ReLU: what happens "
            "to the hidden layer if only its other part grows?",
            _scaled(_times, _same, _over, _same),
        ),
        Mistake(
            "both-times-a",
            "You multiply both layers by a, and the scores grow by a squared. The second layer has "
            "to make up for the first.",
            _scaled(_times, _times, _times, _same),
        ),
        Mistake(
            "second-bias-too",
            "You divide b2 as well. It is added after everything else, so the scores change.",
            _scaled(_times, _times, _over, _over),
        ),
        Mistake(
            "the-other-way-round",
            "The function stays the same, but a is used the other way round: here the *first* "
            "layer is multiplied by it.",
            _scaled(_over, _over, _times, _same),
        ),
        Mistake(
            "first-layer-only",
            "You multiply the first layer, and leave the second as it is: the scores change. "
            "What makes up for it?",
            _scaled(_times, _times, _same, _same),
        ),
        Mistake(
            "second-layer-only",
            "You divide the second layer, and leave the first as it is: the scores change.",
            _scaled(_same, _same, _over, _same),
        ),
        Mistake(
            "weights-of-neither",
            "You change the biases only. The weights carry the input; look at the line of the "
            "network again.",
            _scaled(_same, _times, _same, _over),
        ),
        Mistake(
            "first-bias-divided",
            "You divide b1 where its layer is multiplied. Both are in the same bracket.",
            _scaled(_times, _over, _over, _same),
        ),
        Mistake(
            "all-times-a",
            "You multiply all four by a. What the first layer gains, the second has to undo.",
            _scaled(_times, _times, _times, _times),
        ),
        Mistake(
            "second-bias-multiplied",
            "You multiply b2 as well. It is added after everything else, so the scores change.",
            _scaled(_times, _times, _over, _times),
        ),
        Mistake(
            "square-of-a",
            "You divide the second layer by a squared. The ReLU lets a factor through once: "
            "by how much is the hidden layer too large?",
            _scaled(_times, _times, lambda a: 1 / a**2, _same),
        ),
        Mistake(
            "unchanged",
            "You return what you were given. The function is the same, but so is the place.",
            _scaled(_same, _same, _same, _same),
        ),
        Mistake(
            "order-changed",
            "Both layers are right, but you return the weights first and the biases after. "
            "The order is W1, b1, W2, b2.",
            lambda params, a: (a * params[0], params[2] / a, a * params[1], params[3]),
        ),
    ),
)

# ---------------------------------------------------------------- the penalty


def elastic_net(params, l1, l2):
    return net_penalty(params, l1, l2)


def _layers(rng):
    hand = [(np.array([[1.0, -2.0]]), np.array([5.0, 0.0]))]
    deep = [(rng.normal(size=(3, 4)), rng.normal(size=4)), (rng.normal(size=(4, 2)), np.ones(2))]
    return [(hand, 1.0, 0.0), (hand, 0.0, 1.0), (deep, 0.5, 0.125), (deep, 0.01, 3.0)]


def _penalty(size=lambda W: np.sum(np.abs(W)), square=lambda W: np.sum(W**2), of=lambda W, b: [W]):
    """A penalty with one thing changed; `of` gives the arrays of a layer that it is summed over."""

    def wrong(params, l1, l2):
        arrays = [array for W, b in params for array in of(W, b)]
        return float(sum(l1 * size(A) + l2 * square(A) for A in arrays))

    return wrong


def _root_of_all(params, l1, l2):
    squares = sum(np.sum(W**2) for W, _ in params)
    return float(l1 * sum(np.sum(np.abs(W)) for W, _ in params) + l2 * np.sqrt(squares))


ELASTIC_NET = Exercise(
    id="elastic-net",
    title="A price on the size of the weights",
    points=1,
    reference=elastic_net,
    observe=cases(_layers, ("params", "l1", "l2"), "the penalty"),
    hints=(
        "Go through the layers. Each adds two numbers: the sum of the sizes of its weights, and "
        "the sum of their squares.",
        "`for W, b in params`: b stays unused. Multiply the one sum by l1, the other by l2.",
    ),
    mistakes=(
        Mistake(
            "norm-unsquared",
            "Your second term is the length of all weights, not its square. The square is what is "
            "called weight decay: its slope fades as a weight comes near 0.",
            _root_of_all,
        ),
        Mistake(
            "norm-unsquared-by-layers",
            "Your second term is the length of each layer's weights, not its square: "
            "`np.linalg.norm` takes a root.",
            _penalty(square=lambda W: np.linalg.norm(W)),
        ),
        Mistake(
            "biases-too",
            "You punish the biases as well. A bias shifts the output and does not make it steeper: "
            "here it is free.",
            _penalty(of=lambda W, b: [W, b]),
        ),
        Mistake(
            "biases-only",
            "You punish the biases and leave the weights free. A layer is (W, b), in this order.",
            _penalty(of=lambda W, b: [b]),
        ),
        Mistake(
            "half",
            "Your squares have a half in front. Many write it so; here there is none, and the "
            "slope of the term is 2 l2 w.",
            _penalty(square=lambda W: np.sum(W**2) / 2),
        ),
        Mistake(
            "half-of-all",
            "Everything is half of what is wanted. There is no half in this penalty.",
            _penalty(lambda W: np.sum(np.abs(W)) / 2, lambda W: np.sum(W**2) / 2),
        ),
        Mistake(
            "signs-kept",
            "In your first term positive and negative weights cancel. What makes a size of a "
            "number?",
            _penalty(size=np.sum),
        ),
        Mistake(
            "mean-for-sum",
            "You take means over the entries where sums are wanted: then a large layer would cost "
            "no more than a small one.",
            _penalty(lambda W: np.mean(np.abs(W)), lambda W: np.mean(W**2)),
        ),
        Mistake(
            "strengths-exchanged",
            "The strengths are exchanged: l1 belongs to the sizes, l2 to the squares.",
            _penalty(lambda W: np.sum(W**2), lambda W: np.sum(np.abs(W))),
        ),
        Mistake(
            "no-sizes",
            "The term with l1 is missing: only the squares cost something.",
            _penalty(size=lambda W: 0.0),
        ),
        Mistake(
            "no-squares",
            "The term with l2 is missing: only the sizes cost something.",
            _penalty(square=lambda W: 0.0),
        ),
        Mistake(
            "first-layer-only",
            "Only the first layer costs something. Is your `return` inside the loop?",
            lambda params, l1, l2: net_penalty(params[:1], l1, l2),
        ),
        Mistake(
            "last-layer-only",
            "Only the last layer costs something: each round of your loop replaces the sum of "
            "those before.",
            lambda params, l1, l2: net_penalty(params[-1:], l1, l2),
        ),
        Mistake(
            "matrix-norms",
            "`np.linalg.norm(W, 1)` of a matrix is its largest column sum, and `norm(W, 2)` its "
            "largest stretch. Sum over the entries yourself.",
            _penalty(lambda W: np.linalg.norm(W, 1), lambda W: np.linalg.norm(W, 2) ** 2),
        ),
        Mistake(
            "matrix-norm-for-sizes",
            "`np.linalg.norm(W, 1)` of a matrix is the largest sum of a column, not that of all "
            "entries.",
            _penalty(size=lambda W: np.linalg.norm(W, 1)),
        ),
        Mistake(
            "matrix-norm-for-squares",
            "`np.linalg.norm(W, 2)` of a matrix is how far it can stretch a vector, not the root "
            "of its squares.",
            _penalty(square=lambda W: np.linalg.norm(W, 2) ** 2),
        ),
        Mistake(
            "square-of-the-sum",
            "You square the sum of the sizes. The squares come first, the sum after.",
            _penalty(square=lambda W: np.sum(np.abs(W)) ** 2),
        ),
    ),
)

# ---------------------------------------------------------------- soft threshold


def soft_threshold(w, t):
    return shrink(w, t)


def _to_shrink(rng):
    return [
        (np.array([3.0, -3.0, 0.5, -0.5, 1.0, -1.0, 0.0]), 1.0),
        (rng.normal(size=5), 0.0),
        (rng.normal(size=(2, 3)), 0.3),
        (np.append(10 * rng.normal(size=4), [0.1, -0.1]), 2.5),
    ]


SOFT_THRESHOLD = Exercise(
    id="soft-threshold",
    title="Towards zero by t, and stop there",
    points=1,
    reference=soft_threshold,
    observe=cases(_to_shrink, ("w", "t"), "the new w"),
    hints=(
        "Two things: how large an entry is afterwards, and which sign it has.",
        "The size falls by t, but not below 0: `np.maximum` of two things.",
        "`np.sign` gives the signs. Multiply.",
    ),
    mistakes=(
        Mistake(
            "hard",
            "Small entries become 0, as they should; but the large ones stay where they are. "
            "They move, too: all of them towards zero.",
            lambda w, t: np.where(np.abs(w) > t, w, 0.0),
        ),
        Mistake(
            "t-off-both-signs",
            "You subtract t from the large negative entries, too: they move away from zero. To "
            "which side is zero, for them?",
            lambda w, t: np.where(np.abs(w) > t, w - t, 0.0),
        ),
        Mistake(
            "small-ones-kept",
            "The large entries move, as they should; the small ones stay where they are. Zero is "
            "less than t away from them: they stop there.",
            lambda w, t: np.where(np.abs(w) > t, w - t * np.sign(w), w),
        ),
        Mistake(
            "no-sign",
            "Your result has no negative entry. The sizes are right: give them their signs back.",
            lambda w, t: np.maximum(np.abs(w) - t, 0),
        ),
        Mistake(
            "negatives-to-zero",
            "You subtract t and cut at 0, so that every negative entry becomes 0. They move "
            "towards zero from the other side.",
            lambda w, t: np.maximum(w - t, 0),
        ),
        Mistake(
            "subtracted",
            "You subtract t from everything: negative entries move away from zero, and none stops "
            "there.",
            lambda w, t: w - t,
        ),
        Mistake(
            "runs-through-zero",
            "You move every entry by t, the small ones through zero and out on the other side. "
            "They should stop there.",
            lambda w, t: w - t * np.sign(w),
        ),
        Mistake(
            "clipped",
            "You cut the large entries down to t and keep the small ones. It is what soft "
            "thresholding takes away, not what it leaves.",
            lambda w, t: np.clip(w, -t, t),
        ),
        Mistake(
            "multiplied",
            "You multiply every entry by 1 - t. That is what L2 does: none becomes 0.",
            lambda w, t: w * (1 - t),
        ),
        Mistake(
            "grows",
            "You move every entry away from zero, by t. The sign of the step is wrong.",
            lambda w, t: w + t * np.sign(w),
        ),
        Mistake(
            "large-ones-to-zero",
            "The comparison is the wrong way round: the large entries become 0 and the small ones "
            "survive.",
            lambda w, t: np.where(np.abs(w) < t, w, 0.0),
        ),
        Mistake(
            "squared",
            "You take t from the square. Sizes are compared with t, and t is taken from the size.",
            lambda w, t: np.sign(w) * np.sqrt(np.maximum(w**2 - t**2, 0)),
        ),
        Mistake(
            "divided",
            "You divide by 1 + 2t, which is the step for squares: no entry becomes 0.",
            lambda w, t: w / (1 + 2 * t),
        ),
        Mistake(
            "scaled-by-its-size",
            "You shrink by a share of the entry itself in place of t: the large ones lose most.",
            lambda w, t: np.sign(w) * np.maximum(np.abs(w) - t * np.abs(w), 0) * (np.abs(w) > t),
        ),
    ),
)

# ---------------------------------------------------------------- decoupled decay


def adamw_step(w, g, m, v, t, lr, beta1, beta2, eps, wd):
    w, state = AdamW(lr, beta1, beta2, eps, wd).step(w, g, AdamState(m, v, t - 1))
    return w, state.m, state.v


def _changed(
    start=lambda w, lr, wd: w, gradient=lambda g, w, wd: g, end=lambda new, w, lr, wd: new
):
    """Adam with the weight before it, the gradient in it, or the weight after it changed."""

    def wrong(w, g, m, v, t, lr, beta1, beta2, eps, wd):
        new, m, v = adam_step(start(w, lr, wd), gradient(g, w, wd), m, v, t, lr, beta1, beta2, eps)
        return end(new, w, lr, wd), m, v

    return wrong


def _decayed(w, lr, wd):
    return w * (1 - lr * wd)


def _with_decay(adam):
    """A wrong Adam, with the right decay before it."""

    def wrong(w, g, m, v, t, lr, beta1, beta2, eps, wd):
        return adam(_decayed(w, lr, wd), g, m, v, t, lr, beta1, beta2, eps)

    return wrong


WRONG_DECAY = (
    Mistake(
        "l2-in-the-gradient",
        "The decay goes into the gradient, and so through m and v: Adam divides it by the size of "
        "the gradients. It should go past them, straight to w.",
        _changed(gradient=lambda g, w, wd: g + wd * w),
    ),
    Mistake(
        "l2-with-its-two",
        "You add the slope of a squared penalty, 2 wd w, to the gradient, and Adam divides it by "
        "the size of the gradients. It should go past m and v, straight to w.",
        _changed(gradient=lambda g, w, wd: g + 2 * wd * w),
    ),
    Mistake(
        "l2-times-lr",
        "The decay, lr times wd, goes into the gradient, and so through m and v: Adam divides it "
        "by the size of the gradients, and lr comes once more. It should go past them, straight to "
        "w.",
        lambda w, g, m, v, t, lr, beta1, beta2, eps, wd: adam_step(
            w, g + lr * wd * w, m, v, t, lr, beta1, beta2, eps
        ),
    ),
    Mistake(
        "decay-without-lr",
        "Your weights shrink by wd in every step, at any learning rate. (The paper does so, and "
        "has a schedule in front.) Here, as in PyTorch, one factor more stands there.",
        _changed(start=lambda w, lr, wd: w * (1 - wd)),
    ),
    Mistake(
        "decay-twice",
        "The weights decay twice: by themselves, and through the gradient. Once is enough.",
        _changed(start=_decayed, gradient=lambda g, w, wd: g + wd * w),
    ),
    Mistake(
        "no-decay",
        "This is Adam: wd does not come in. What happens to w before the step?",
        _changed(),
    ),
    Mistake(
        "decay-after-the-step",
        "You shrink the new point, and with it the step that you have just made. The old point is "
        "what shrinks.",
        _changed(end=lambda new, w, lr, wd: _decayed(new, lr, wd)),
    ),
    Mistake(
        "grows",
        "Your weights grow by themselves: the sign in front of lr wd is wrong.",
        _changed(start=lambda w, lr, wd: w * (1 + lr * wd)),
    ),
    Mistake(
        "decay-doubled",
        "You take 2 lr wd: the 2 is that of a squared penalty's slope. Decay is defined without "
        "it.",
        _changed(start=lambda w, lr, wd: w * (1 - 2 * lr * wd)),
    ),
    Mistake(
        "only-the-decay-left",
        "You multiply w by lr wd, so that hardly anything of it is left. That is the part it "
        "should lose.",
        _changed(start=lambda w, lr, wd: w * lr * wd),
    ),
    Mistake(
        "decay-by-sign",
        "You take the same amount from every weight: that is the slope of L1. Here each loses a "
        "share of itself.",
        _changed(start=lambda w, lr, wd: w - lr * wd * np.sign(w)),
    ),
    Mistake(
        "decay-subtracted",
        "You subtract lr wd itself from w. Each weight should lose a share of its own size.",
        _changed(start=lambda w, lr, wd: w - lr * wd),
    ),
)

ADAMW_STEP = Exercise(
    id="adamw-step",
    title="One step of Adam with decoupled decay",
    points=2,
    reference=adamw_step,
    observe=trajectory(
        ("w", "g", "m", "v", "t", "lr", "beta1", "beta2", "eps", "wd"),
        ("m", "v"),
        (
            {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "wd": 0.5},
            {"lr": 0.03, "beta1": 0.6, "beta2": 0.95, "eps": 1e-2, "wd": 2.0},
        ),
    ),
    hints=(
        "Your Adam of lesson 10 needs one line more. Neither m nor v knows of it.",
        "Before anything else, w loses the share lr times wd of itself.",
        "Then come m, v, both corrections, and the step, all with the gradient alone.",
    ),
    mistakes=WRONG_DECAY
    + tuple(Mistake(m.id, m.says, _with_decay(m.fn)) for m in ADAM_STEP.mistakes),
    variants=tuple(
        Variant(variant.id, variant.says, _with_decay(variant.fn)) for variant in ADAM_STEP.variants
    ),
)

EXERCISES = (TOP_HESSIAN_EIGENVALUE, RESCALE_NETWORK, ELASTIC_NET, SOFT_THRESHOLD, ADAMW_STEP)
