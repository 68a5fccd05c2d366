"""Record what scipy.optimize does, so that the tests can compare without SciPy.

Run in an environment of its own, with SciPy 1.17.1 and NumPy, from the root of the repository:

    python tests/golden/record_scipy.py

It writes tests/golden/scipy.npz:

    version                  of SciPy
    NAME/points, NAME/grads  (n+1, d), where a run went, and the gradients there
    NAME/evaluations         how many it asked for
    NAME/hess_inv            (n+1, d, d), BFGS only: its inverse Hessian after each step
    search/w, search/p       (K, 2), points and directions for scipy.optimize.line_search
    search/step              (2, K), the steps that it finds, for c2 = 0.9 and 0.1
    search/asked             (2, K), the losses it asks for, one of them at w
    rosen/...                values, gradients and Hessians of the chained Rosenbrock function
"""

from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import line_search, minimize, rosen, rosen_der, rosen_hess

BENT = np.array([-1.2, 1.0])
LONG = np.where(np.arange(20) % 2 == 0, -1.2, 1.0)
RUNS = {  # name: method, start, options
    "BFGS": ("BFGS", BENT, {"gtol": 1e-8, "norm": 2}),
    "BFGS/10": ("BFGS", LONG[:10], {"gtol": 1e-8, "norm": 2}),
    "L-BFGS": ("L-BFGS-B", BENT, {"gtol": 1e-8, "ftol": 0, "maxcor": 10}),
    "L-BFGS/20": ("L-BFGS-B", LONG, {"gtol": 1e-8, "ftol": 0, "maxcor": 5}),
}


def run(name, recorded):
    method, start, options = RUNS[name]
    points = [start]
    result = minimize(
        rosen,
        start,
        jac=rosen_der,
        method=method,
        options=options,
        callback=lambda intermediate_result: points.append(intermediate_result.x.copy()),
    )
    assert result.success, result.message
    recorded[f"{name}/points"] = np.array(points)
    recorded[f"{name}/grads"] = np.array([rosen_der(w) for w in points])
    recorded[f"{name}/evaluations"] = np.array(result.nfev)
    if method == "BFGS":  # stopped after k steps, it tells its matrix
        after = [
            minimize(
                rosen, start, jac=rosen_der, method=method, options={**options, "maxiter": k}
            ).hess_inv
            for k in range(1, result.nit + 1)
        ]
        recorded[f"{name}/hess_inv"] = np.array([np.eye(len(start)), *after])


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    recorded = {"version": np.array(scipy.__version__)}
    for name in RUNS:
        run(name, recorded)

    w = rng.uniform([-2, -1], [2, 3], size=(40, 2))
    g = np.array([rosen_der(one) for one in w])
    # From a long steepest step to directions that are turned away from it, all downhill.
    turn = rng.uniform(-1.4, 1.4, size=40)
    c, s = np.cos(turn), np.sin(turn)
    p = -np.stack([c * g[:, 0] - s * g[:, 1], s * g[:, 0] + c * g[:, 1]], axis=-1)
    p *= (10 ** rng.uniform(-3.5, 0.5, size=40) / np.linalg.norm(p, axis=-1))[:, None]
    steps = [
        [
            line_search(rosen, rosen_der, a, b, c2=c2, maxiter=40)[:2]
            for a, b in zip(w, p, strict=True)
        ]
        for c2 in (0.9, 0.1)
    ]
    recorded["search/w"], recorded["search/p"] = w, p
    recorded["search/step"], asked = np.moveaxis(np.array(steps, dtype=float), -1, 0)
    recorded["search/asked"] = asked.astype(int)

    x = rng.uniform(-2, 2, size=(5, 6))
    recorded["rosen/x"] = x
    recorded["rosen/value"] = np.array([rosen(one) for one in x])
    recorded["rosen/grad"] = np.array([rosen_der(one) for one in x])
    recorded["rosen/hessian"] = np.array([rosen_hess(one) for one in x])
    np.savez_compressed(Path(__file__).with_name("scipy.npz"), **recorded)
