"""Record what Lion and Muon do in decimal arithmetic with 50 digits, so that rounding cannot agree.

torch has no Lion, and rounds Muon to bfloat16. Run with Python and NumPy, from the root of the
repository:

    python tests/golden/record_exact.py

It writes tests/golden/exact.npz (see cases.py). The equations are those of the papers, number by
number: no array arithmetic, and no import from course_lib.
"""

from decimal import Decimal, getcontext

import numpy as np
from cases import DROP, FACTOR, record

DIGITS = 50
getcontext().prec = DIGITS
A, B, C = Decimal("3.4445"), Decimal("-4.7750"), Decimal("2.0315")


def exact(x):
    """A float as it is; a decimal number in a string as it is written."""
    return Decimal(x)


def lion(lr, beta1, beta2, weight_decay):
    lr, beta1, beta2, decay = (exact(x) for x in (lr, beta1, beta2, weight_decay))

    def coordinate(w, grads):
        m = Decimal(0)
        for t, g in enumerate(grads):
            step = lr if t < DROP else lr * exact(FACTOR)
            c = beta1 * m + (1 - beta1) * g
            sign = (c > 0) - (c < 0)
            w = w - step * (sign + decay * w)
            m = beta2 * m + (1 - beta2) * g
            yield w

    def path(start, grads):
        columns = zip(start.ravel(), grads.reshape(len(grads), -1).T, strict=True)
        points = [[exact(w), *coordinate(exact(w), map(exact, g))] for w, g in columns]
        return np.array(points).T.reshape(-1, *start.shape)

    return path


def matmul(X, Y):
    return [[sum(x * y for x, y in zip(row, column, strict=True)) for column in T(Y)] for row in X]


def T(X):
    return [list(column) for column in zip(*X, strict=True)]


def plus(*terms):
    """Sum of factor * matrix."""
    rows, columns = len(terms[0][1]), len(terms[0][1][0])
    return [[sum(k * X[i][j] for k, X in terms) for j in range(columns)] for i in range(rows)]


def orthogonal(G):
    length = sum(x * x for row in G for x in row).sqrt()
    X = [[x / length for x in row] for row in G]
    for _ in range(5):  # (a + b XX' + c XX'XX') X, multiplied out from the right
        cubic = matmul(X, matmul(T(X), X))
        quintic = matmul(X, matmul(T(X), cubic))
        X = plus((A, X), (B, cubic), (C, quintic))
    return X


def muon(lr, beta, tall=False):
    lr, beta, one = exact(lr), exact(beta), Decimal(1)

    def path(start, grads):
        turned = (lambda X: X.T) if tall else (lambda X: X)
        W = [[exact(x) for x in row] for row in turned(np.atleast_2d(start))]
        V = [[Decimal(0)] * len(W[0]) for _ in W]
        points = [W]
        for t, g in enumerate(grads):
            G = [[exact(x) for x in row] for row in turned(np.atleast_2d(g))]
            V = plus((beta, V), (one, G))
            step = lr if t < DROP else lr * exact(FACTOR)
            W = plus((one, W), (-step, orthogonal(plus((one, G), (beta, V)))))
            points.append(W)
        return np.array(points)

    return path


# name: the rule with its hyperparameters, which are the floats that the course gets. A vector is a
# matrix of one row for Muon, or, where tall, of one column.
RULES = {
    "lion": lion(0.1, 0.9, 0.99, 0.0),
    "lion-0.5": lion(0.03, 0.5, 0.9, 0.5),
    "muon": muon(0.1, 0.95),
    "muon-0.5": muon(0.03, 0.5),
    "muon-tall": muon(0.1, 0.95, tall=True),
}


def run(rule, start, grads):
    return rule(start, grads).astype(float)


if __name__ == "__main__":
    record("exact", f"{DIGITS} digits", RULES, run)
