"""Exercises of lesson 14: Newton's step, and curvature learned from steps, whole or in pairs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from course_lib import second_order
from course_lib.checking import Call, Case, Exercise, Mistake, Variant, cases

# ---------------------------------------------------------------- Newton step


def newton_step(w, g, H, damping):
    return second_order.newton_step(w, g, H, damping)


def _symmetric(rng: np.random.Generator, eigenvalues: tuple[float, ...]) -> np.ndarray:
    Q, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))
    return (Q * eigenvalues) @ Q.T


def _models(rng: np.random.Generator) -> list[tuple]:
    """By hand; a bowl askew, with and without damping; a saddle, plain and damped."""
    w, g, v = rng.normal(size=3), rng.normal(size=3), rng.normal(size=2)
    bowl = _symmetric(rng, (0.5, 3.0, 20.0))
    return [
        (np.array([0.0]), np.array([1.0]), np.array([[2.0]]), 0.0),
        (np.array([0.0]), np.array([1.0]), np.array([[2.0]]), 2.0),
        (np.array([1.0, 2.0]), np.array([4.0, -1.0]), np.array([[4.0, 1.0], [1.0, 0.5]]), 0.0),
        (w, g, bowl, 0.0),
        (w, g, bowl, 0.7),
        (v, rng.normal(size=2), _symmetric(rng, (-1.0, 4.0)), 0.0),
        (v, rng.normal(size=2), _symmetric(rng, (-1.0, 4.0)), 3.0),
    ]


def _solved(matrix, sign=-1.0):
    """The step with another matrix: matrix(H, damping) is what is solved with."""

    def step(w, g, H, damping):
        return w + sign * np.linalg.solve(matrix(H, damping), g)

    return step


def _damped(H, damping):
    return H + damping * np.eye(len(H))


def _shortened(w, g, H, damping):
    return w - damping * np.linalg.solve(H, g)


NEWTON_STEP = Exercise(
    id="newton-step",
    title="One step of Newton, damped",
    points=2,
    reference=newton_step,
    observe=cases(_models, ("w", "g", "H", "damping"), "the new point"),
    hints=(
        "`np.linalg.solve(A, b)` gives the x with A x = b. What are A and b here?",
        "`damping * np.eye(len(w))` is the matrix with the damping on its diagonal.",
        "The model slopes like the gradient, so its bottom is downhill: mind the minus.",
    ),
    mistakes=(
        Mistake(
            "ascent",
            "Your step has the opposite sign: in a bowl it goes away from the bottom, exactly as "
            "far as it should come nearer.",
            _solved(_damped, sign=1.0),
        ),
        Mistake(
            "undamped",
            "Your step does not depend on the damping. With a damping of 2 and a curvature of 2, "
            "the step should be half as long as without.",
            _solved(lambda H, damping: H),
        ),
        Mistake(
            "times-hessian",
            "You multiply the gradient by the matrix. Where the loss curves more, the step should "
            "be shorter, and yours is longer: which vector gives g when H acts on it?",
            lambda w, g, H, damping: w - _damped(H, damping) @ g,
        ),
        Mistake(
            "damping-everywhere",
            "You add the damping to every entry of H, since a number broadcasts. It belongs on "
            "the diagonal alone: look at how `np.eye` prints.",
            _solved(lambda H, damping: H + damping),
        ),
        Mistake(
            "damping-twice",
            "You add the damping twice: the matrix that is there has it on its diagonal already.",
            _solved(lambda H, damping: H + 2 * damping * np.eye(len(H))),
        ),
        Mistake(
            "damping-subtracted",
            "You take the damping away from the curvatures. It should make the model steeper, and "
            "the step shorter.",
            _solved(lambda H, damping: H - damping * np.eye(len(H))),
        ),
        Mistake(
            "diagonal-only",
            "You divide each coordinate by its own curvature and leave out what stands beside the "
            "diagonal of H. In a valley that lies askew, that misses the bottom.",
            lambda w, g, H, damping: w - g / (np.diag(H) + damping),
        ),
        Mistake(
            "elementwise",
            "You invert the entries of the matrix one by one. The inverse of a matrix is "
            "something else; it is better to solve than to invert.",
            lambda w, g, H, damping: w - (1 / _damped(H, damping)) @ g,
        ),
        Mistake(
            "step-alone",
            "You return the step, not the point where it ends. Add it to w.",
            lambda w, g, H, damping: -np.linalg.solve(_damped(H, damping), g),
        ),
        Mistake(
            "solves-for-w",
            "You solve with the point where the gradient should stand: the bottom of the model "
            "depends on the slope.",
            lambda w, g, H, damping: w - np.linalg.solve(_damped(H, damping), w),
        ),
        Mistake(
            "sizes-of-curvatures",
            "You make negative curvatures positive first. That is a useful idea against saddles, "
            "and another method (saddle-free Newton): here the model stays as it is.",
            _solved(lambda H, damping: _damped(_sizes(H), damping)),
        ),
    ),
    variants=(
        Variant(
            "shortened",
            "A fair form, used by textbooks on convex optimisation (Boyd and Vandenberghe 2004): "
            "there a damped step is a shorter one in the same direction; here damping is added to "
            "the curvatures.",
            _shortened,
        ),
        Variant(
            "marquardt",
            "A fair form, used by Marquardt (1963) and by many programs for least squares: the "
            "damping is in units of each diagonal entry; here it is the same number for all.",
            _solved(lambda H, damping: H + damping * np.diag(np.diag(H))),
        ),
    ),
)


def _sizes(H: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(H)
    return (vectors * np.abs(values)) @ vectors.T


# ---------------------------------------------------------------- BFGS update


def bfgs_update(H_inv, s, y):
    return second_order.bfgs_update(H_inv, s, y)


def _pairs(rng: np.random.Generator) -> list[tuple]:
    """By hand; steps with curvature; steps without: negative, zero, too little; a tiny step."""
    H2, H4 = np.array([[2.0, 0.5], [0.5, 1.0]]), _symmetric(rng, (0.1, 1.0, 2.0, 5.0))
    s, y = rng.normal(size=4), rng.normal(size=4)
    y = y * np.sign(s @ y) + s
    e = np.array([1.0, 0.0])
    return [
        (np.eye(2), e, np.array([2.0, 1.0]), "a step with curvature"),
        (np.array([[1.0]]), np.array([-1.0]), np.array([-2.0]), "one coordinate"),
        (H2, np.array([0.5, -1.0]), np.array([1.0, -0.5]), "a step with curvature"),
        (H4, s, y, "a step with curvature"),
        (H4, 1e-12 * s, 1e-12 * y, "a tiny step with curvature"),
        (H2, e, np.array([-1.0, 0.5]), "s.y < 0"),
        (H2, e, np.array([0.0, 1.0]), "s.y = 0"),
        (H2, e, np.array([1e-12, 1.0]), "s.y > 0, by rounding alone"),
        (H2, 1e-8 * e, 1e-8 * np.array([1e-12, 1.0]), "tiny, and s.y > 0 by rounding alone"),
        (H2, e, np.array([1e-6, 1.0]), "s.y > 0, little but enough"),
    ]


def _observe_pairs(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    for H_inv, s, y, kind in _pairs(rng):
        after = call(H_inv, s, y)
        yield Case({"H_inv": H_inv, "s": s, "y": y, "this is": kind}, {"H_inv after": after})


def _tested(update, enough=second_order.has_curvature, otherwise=np.copy):
    """An update behind a test: enough(s, y), or else otherwise(H_inv)."""

    def wrong(H_inv, s, y):
        with np.errstate(all="ignore"):
            return update(H_inv, s, y) if enough(s, y) else otherwise(H_inv)

    return wrong


def _bfgs(H, s, y):
    V = np.eye(len(s)) - np.outer(s, y) / (s @ y)
    return V @ H @ V.T + np.outer(s, s) / (s @ y)


def _rank_one(H, s, y):
    d = s - H @ y
    return H + np.outer(d, d) / (d @ y)


def _rank_one_copied(H, s, y):
    return H + np.outer(s, s) / (s @ y)


def _of_hessian(B, s, y):
    Bs = B @ s
    return B - np.outer(Bs, Bs) / (s @ Bs) + np.outer(y, y) / (s @ y)


def _dfp(H, s, y):
    Hy = H @ y
    return H - np.outer(Hy, Hy) / (y @ Hy) + np.outer(s, s) / (s @ y)


def _one_sided(H, s, y):
    V = np.eye(len(s)) - np.outer(s, y) / (s @ y)
    return V @ H + np.outer(s, s) / (s @ y)


def _transposed(H, s, y):
    V = np.eye(len(s)) - np.outer(s, y) / (s @ y)
    return V.T @ H @ V + np.outer(s, s) / (s @ y)


def _last_term_missing(H, s, y):
    V = np.eye(len(s)) - np.outer(s, y) / (s @ y)
    return V @ H @ V.T


def _last_term_unscaled(H, s, y):
    V = np.eye(len(s)) - np.outer(s, y) / (s @ y)
    return V @ H @ V.T + np.outer(s, s)


def _not_inverted(H, s, y):
    V = np.eye(len(s)) - (s @ y) * np.outer(s, y)
    return V @ H @ V.T + (s @ y) * np.outer(s, s)


def _plus(H, s, y):
    V = np.eye(len(s)) + np.outer(s, y) / (s @ y)
    return V @ H @ V.T + np.outer(s, s) / (s @ y)


def _same_bracket(H, s, y):
    V = np.eye(len(s)) - np.outer(s, y) / (s @ y)
    return V @ H @ V + np.outer(s, s) / (s @ y)


def _numbers(H, s, y):
    V = np.eye(len(s)) - s @ y.T / (s @ y)
    return V @ H @ V.T + s @ s.T / (s @ y)


def _starred(H, s, y):
    V = np.eye(len(s)) - np.outer(s, y) / (s @ y)
    return V * H * V.T + np.outer(s, s) / (s @ y)


def _elementwise(H, s, y):
    V = np.eye(len(s)) - s * y / (s @ y)
    return V @ H @ V.T + s * s / (s @ y)


BFGS_UPDATE = Exercise(
    id="bfgs-update",
    title="Learn the inverse Hessian from one step",
    points=3,
    reference=bfgs_update,
    observe=_observe_pairs,
    hints=(
        "`np.outer(s, y)` is the matrix s y^T; `s @ y` is the number s.y. They are easily mixed.",
        "The two brackets are one matrix and its transpose: compute one, use `.T` for the other.",
        "First the test: if s.y is at most 1e-10 times both lengths, `return H_inv.copy()`.",
    ),
    mistakes=(
        Mistake(
            "rank-one",
            "Your correction has rank one. There is such a method (SR1), but its matrix need not "
            "stay positive, and this is not BFGS: two terms change here.",
            _tested(_rank_one),
        ),
        Mistake(
            "rank-one-untested",
            "Your correction has rank one, and it is made after every step. There is such a method "
            "(SR1), but its matrix need not stay positive, and this is not BFGS: two terms change "
            "here, and only where s.y is positive.",
            _tested(_rank_one, enough=lambda s, y: True),
        ),
        Mistake(
            "only-last-term",
            "You add the last term alone, to the old matrix. Then H_inv times y is s plus what "
            "the old matrix made of y: the brackets have to take that out first.",
            _tested(_rank_one_copied),
        ),
        Mistake(
            "hessian-form",
            "This updates the Hessian itself, and you were given its inverse. Check: your matrix "
            "turns s into y. Which of the two should it turn into the other?",
            _tested(_of_hessian),
        ),
        Mistake(
            "no-curvature-test",
            "You update after every step, also where s.y is negative or next to nothing. Then the "
            "matrix loses its positive curvatures, or divides by zero. When is it left alone?",
            _tested(_bfgs, enough=lambda s, y: True),
        ),
        Mistake(
            "tests-sign-only",
            "You leave the matrix alone where s.y is negative or 0, but not where it is positive "
            "by rounding alone. Compare s.y with the lengths of s and y.",
            _tested(_bfgs, enough=lambda s, y: s @ y > 0),
        ),
        Mistake(
            "absolute-test",
            "Your test compares s.y with a fixed number. Near the minimum all steps are tiny, and "
            "you stop to learn: the lengths of s and y belong to the test.",
            _tested(_bfgs, enough=lambda s, y: s @ y > 1e-10),
        ),
        Mistake(
            "squared-lengths",
            "You compare s.y with the squares of the lengths. For tiny steps these are next to "
            "nothing, so that rounding passes for curvature: take the lengths themselves.",
            _tested(_bfgs, enough=lambda s, y: s @ y > 1e-10 * (s @ s) * (y @ y)),
        ),
        Mistake(
            "tests-size",
            "You test the size of s.y, without its sign. A negative one is no curvature that a "
            "bowl could have.",
            _tested(
                _bfgs,
                enough=lambda s, y: abs(s @ y) > 1e-10 * np.linalg.norm(s) * np.linalg.norm(y),
            ),
        ),
        Mistake(
            "forgets",
            "After a step without curvature you start again from the identity. All that was "
            "learned before is lost: leave the matrix as it is.",
            _tested(_bfgs, otherwise=lambda H: np.eye(len(H))),
        ),
        Mistake(
            "one-sided",
            "One of the two brackets is missing, so that the result is not symmetric. Print your "
            "matrix minus its transpose.",
            _tested(_one_sided),
        ),
        Mistake(
            "brackets-exchanged",
            "The two brackets stand on each other's sides. The left one ends in y^T, so that y is "
            "what meets H_inv from both sides.",
            _tested(_transposed),
        ),
        Mistake(
            "same-bracket-twice",
            "The same bracket stands on both sides. The right one has s and y exchanged: it is the "
            "left one, transposed.",
            _tested(_same_bracket),
        ),
        Mistake(
            "last-term-missing",
            "Your matrix sends y to 0, where it should send it to s. Is the last term there?",
            _tested(_last_term_missing),
        ),
        Mistake(
            "last-term-unscaled",
            "The last term lacks its factor: multiply your matrix by y, and you do not get s.",
            _tested(_last_term_unscaled),
        ),
        Mistake(
            "r-not-inverted",
            "You multiply by s.y where you should divide by it. In which units is H_inv?",
            _tested(_not_inverted),
        ),
        Mistake(
            "plus",
            "There is a plus inside your brackets. They should take the old matrix out along the "
            "step, not put it in twice.",
            _tested(_plus),
        ),
        Mistake(
            "elementwise",
            "`s * y` multiplies entry by entry and gives a vector, which then broadcasts over the "
            "rows. The equation has s y^T, a matrix.",
            _tested(_elementwise),
        ),
        Mistake(
            "inner-for-outer",
            "`s @ y.T` is a number: a vector of NumPy has one axis, and transposing changes "
            "nothing. The equation has s y^T, a matrix.",
            _tested(_numbers),
        ),
        Mistake(
            "starred",
            "`*` between two matrices multiplies entry by entry. Their product is `@`.",
            _tested(_starred),
        ),
    ),
    variants=(
        Variant(
            "dfp",
            "A fair form, used by Davidon (1959), Fletcher and Powell (1963): it explains the "
            "step, too, has rank two, too, and is called DFP; here it is the one of Broyden, "
            "Fletcher, Goldfarb and Shanno, which recovers better from a bad matrix.",
            _tested(_dfp),
        ),
    ),
)

# ---------------------------------------------------------------- L-BFGS direction


def lbfgs_direction(g, S, Y):
    return second_order.lbfgs_direction(g, S, Y)


def _memories(rng: np.random.Generator) -> list[tuple]:
    """By hand; no pairs; one; as many as dimensions; many; and pairs of very different sizes."""

    def memory(m: int, d: int, sizes: float = 0.0) -> tuple:
        H = _symmetric(rng, tuple(np.linspace(0.5, 6.0, d)))
        S = rng.normal(size=(m, d)) * 10 ** (sizes * rng.uniform(-1, 1, size=(m, 1)))
        return rng.normal(size=d), S, S @ H

    return [
        (np.array([3.0, 4.0]), np.array([[1.0, 0.0]]), np.array([[2.0, 1.0]])),
        (rng.normal(size=3), np.empty((0, 3)), np.empty((0, 3))),
        memory(1, 4),
        memory(2, 3),
        memory(4, 4),
        memory(8, 5),
        memory(3, 6, sizes=2.0),
    ]


def _two_loops(first=reversed, second=iter, gamma=None, swap=False, tail=None, sign=-1.0):
    """The direction with a loop, the scale, the last line or the sign changed."""

    def direction(g, S, Y):
        if swap:
            S, Y = Y, S
        m = len(S)
        q = np.array(g, dtype=float)
        if m == 0:
            return sign * q
        rs = [1 / (S[i] @ Y[i]) for i in range(m)]
        shares = np.zeros(m)
        for i in first(list(range(m))):
            shares[i] = rs[i] * (S[i] @ q)
            q = q - shares[i] * Y[i]
        scale = gamma or (lambda S, Y: (S[-1] @ Y[-1]) / (Y[-1] @ Y[-1]))
        q = q * scale(S, Y)
        last = tail or (lambda share, r, s, y, q: q + (share - r * (y @ q)) * s)
        for i in second(list(range(m))):
            q = last(shares[i], rs[i], S[i], Y[i], q)
        return sign * q

    return direction


def _shares_out_of_order(g, S, Y):
    q, shares = np.array(g, dtype=float), []
    for s, y in zip(S[::-1], Y[::-1], strict=True):
        shares.append(s @ q / (s @ y))
        q = q - shares[-1] * y
    q = q * ((S[-1] @ Y[-1]) / (Y[-1] @ Y[-1]) if len(S) else 1.0)
    for s, y, share in zip(S, Y, shares, strict=True):
        q = q + (share - y @ q / (s @ y)) * s
    return -q


def _first_loop_along_s(g, S, Y):
    q, shares = np.array(g, dtype=float), []
    for s, y in zip(S[::-1], Y[::-1], strict=True):
        shares.append(s @ q / (s @ y))
        q = q - shares[-1] * s
    q = q * ((S[-1] @ Y[-1]) / (Y[-1] @ Y[-1]) if len(S) else 1.0)
    for s, y, share in zip(S, Y, shares[::-1], strict=True):
        q = q + (share - y @ q / (s @ y)) * s
    return -q


def _loops_without_r(g, S, Y):
    q, shares = np.array(g, dtype=float), []
    if len(S) == 0:
        return -q
    for s, y in zip(S[::-1], Y[::-1], strict=True):
        shares.append(s @ q)
        q = q - shares[-1] * y
    q = q * (S[-1] @ Y[-1]) / (Y[-1] @ Y[-1])
    for s, y, share in zip(S, Y, shares[::-1], strict=True):
        q = q + (share - y @ q) * s
    return -q


def _gamma_alone(g, S, Y):
    return -g if len(S) == 0 else -(S[-1] @ Y[-1]) / (Y[-1] @ Y[-1]) * g


def _newest_pair_alone(g, S, Y):
    return second_order.lbfgs_direction(g, S[-1:], Y[-1:])


def _steepest(g, S, Y):
    return -np.asarray(g, dtype=float)


def _zero_without_pairs(g, S, Y):
    return second_order.lbfgs_direction(g, S, Y) if len(S) else np.zeros_like(g)


LBFGS_DIRECTION = Exercise(
    id="lbfgs-direction",
    title="The direction, from the last pairs alone",
    points=3,
    reference=lbfgs_direction,
    observe=cases(_memories, ("g", "S", "Y"), "the direction"),
    hints=(
        "Three parts: down through the pairs from the newest, one scaling, and up again from the "
        "oldest. Without pairs nothing is left but minus g.",
        "The first loop leaves a share for each pair, and takes share times y out of q. Keep the "
        "shares: the second loop needs the same ones.",
        "The scale is s.y / y.y of the last row, S[-1] and Y[-1]. The minus comes at the very end.",
    ),
    mistakes=(
        Mistake(
            "first-loop-oldest-first",
            "Your first loop begins with the oldest pair. What was learned last has to be undone "
            "first: in which order does the equation stand?",
            _two_loops(first=iter),
        ),
        Mistake(
            "second-loop-newest-first",
            "Your second loop begins with the newest pair, as the first does. It goes the way "
            "back, so its order is the other one.",
            _two_loops(second=reversed),
        ),
        Mistake(
            "shares-out-of-order",
            "Your loops run the right way round, and a share meets the wrong pair: the list of "
            "shares begins with the newest, the second loop with the oldest.",
            _shares_out_of_order,
        ),
        Mistake(
            "both-loops-turned",
            "Both your loops run the wrong way round: you take the pairs for newest first. Here "
            "the oldest is row 0.",
            _two_loops(first=iter, second=reversed),
        ),
        Mistake(
            "gamma-from-oldest",
            "You take the scale from the oldest pair. The curvature that counts is the one where "
            "you are now.",
            _two_loops(gamma=lambda S, Y: (S[0] @ Y[0]) / (Y[0] @ Y[0])),
        ),
        Mistake(
            "no-gamma",
            "There is no scale between your loops. Then directions of which no pair knows anything "
            "get a curvature of 1, whatever the units of the loss are.",
            _two_loops(gamma=lambda S, Y: 1.0),
        ),
        Mistake(
            "gamma-inverted",
            "Your scale is upside down: it is a curvature, and the inverse of one is wanted. In "
            "which units is a step?",
            _two_loops(gamma=lambda S, Y: (Y[-1] @ Y[-1]) / (S[-1] @ Y[-1])),
        ),
        Mistake(
            "gamma-from-steps",
            "Your scale is s.s / s.y. It has the right units (Barzilai and Borwein 1988 use it), "
            "and is the longer of two; the equation here has y.y below the line.",
            _two_loops(gamma=lambda S, Y: (S[-1] @ S[-1]) / (S[-1] @ Y[-1])),
        ),
        Mistake(
            "gamma-mean",
            "Your scale is a mean over all pairs. The equation takes the newest alone.",
            _two_loops(gamma=lambda S, Y: np.mean(np.sum(S * Y, 1) / np.sum(Y * Y, 1))),
        ),
        Mistake(
            "sign",
            "Your direction points uphill: its product with the gradient is positive. The minus "
            "comes at the very end.",
            _two_loops(sign=1.0),
        ),
        Mistake(
            "pairs-exchanged",
            "You use steps where changes of the gradient belong, and the other way round: what you "
            "get is the Hessian times g.",
            _two_loops(swap=True),
        ),
        Mistake(
            "share-forgotten",
            "Your second loop does not use the shares of the first: it only takes something out "
            "of q again, and puts nothing back.",
            _two_loops(tail=lambda share, r, s, y, q: q - r * (y @ q) * s),
        ),
        Mistake(
            "second-loop-takes-nothing-out",
            "Your second loop puts every share back as it was. It should put back the share minus "
            "what q already has along y.",
            _two_loops(tail=lambda share, r, s, y, q: q + share * s),
        ),
        Mistake(
            "first-loop-takes-out-s",
            "Your first loop takes out of q along s. It takes out changes of the gradient, y; the "
            "second loop puts in steps.",
            _first_loop_along_s,
        ),
        Mistake(
            "second-loop-subtracts",
            "Your second loop takes out of q again. It should put back the share minus what q "
            "already has along y: mind the sign.",
            _two_loops(tail=lambda share, r, s, y, q: q - (share - r * (y @ q)) * s),
        ),
        Mistake(
            "second-loop-asks-s",
            "Your second loop multiplies q by s to see what is there. It should be y.",
            _two_loops(tail=lambda share, r, s, y, q: q + (share - r * (s @ q)) * s),
        ),
        Mistake(
            "second-loop-adds-y",
            "Your second loop adds along y. The first loop takes out changes of the gradient, the "
            "second puts in steps.",
            _two_loops(tail=lambda share, r, s, y, q: q + (share - r * (y @ q)) * y),
        ),
        Mistake(
            "second-loop-missing",
            "You stop after the scale: there is no second loop. What was taken out along each y "
            "has to come back along each s.",
            _two_loops(tail=lambda share, r, s, y, q: q),
        ),
        Mistake(
            "r-missing",
            "You do not divide by s.y. Then it is right only for pairs whose s.y happens to be 1.",
            _loops_without_r,
        ),
        Mistake(
            "gamma-alone",
            "Your direction is the gradient, scaled. That is a good learning rate, and no more: "
            "the loops are missing.",
            _gamma_alone,
        ),
        Mistake(
            "newest-alone",
            "You use the newest pair alone. All the rows of S and Y take part.",
            _newest_pair_alone,
        ),
        Mistake(
            "steepest",
            "Your direction is minus the gradient, whatever the pairs say. That is right only if "
            "there are none.",
            _steepest,
        ),
        Mistake(
            "zero-without-pairs",
            "Without pairs you return zeros, so the very first step goes nowhere. With nothing "
            "learned as yet, go downhill.",
            _zero_without_pairs,
        ),
    ),
)

EXERCISES = (NEWTON_STEP, BFGS_UPDATE, LBFGS_DIRECTION)
