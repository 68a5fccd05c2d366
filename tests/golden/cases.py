"""The gradients that every recording uses, and how a recording is written. NumPy only.

Gradients are data, not computed from w: so a difference in one step is not fed back into the next,
and the cases that break wrong rules can be written down.
"""

from pathlib import Path

import numpy as np

STEPS, DROP, FACTOR = 60, 30, 0.1  # at update 30 the learning rate falls to a tenth
SHAPES = {"scalar": (), "3": (3,), "2x3": (2, 3)}


def patterns(rng):
    """Six coordinates: (gradients over the steps, start). Each is a way for a rule to go wrong."""
    t = np.arange(STEPS)
    noise = rng.normal(size=STEPS)
    return [
        (noise, 1.0),  # changes sign at random
        (np.where(t % 7 == 3, noise, 0.0), -2.0),  # zero most of the time, and at first
        (1e-9 * noise, 1e-9),  # tiny
        (np.where(t % 2 == 0, 1.5, -1.0), 0.5),  # changes sign in every step
        (np.full(STEPS, 0.3), 10.0),  # constant
        (1e3 * (1 + np.abs(noise)) * np.where(t < 40, 1, -1), 1e4),  # large, then it turns back
    ]


def case(shape, rng):
    columns = patterns(rng)
    grads = np.stack([g for g, _ in columns], axis=-1)
    starts = np.array([w for _, w in columns])
    if shape == ():  # one coordinate meets all patterns, ten steps each
        return np.array(1.0), np.concatenate([grads[10 * i : 10 * i + 10, i] for i in range(6)])
    d = int(np.prod(shape))
    return starts[:d].reshape(shape), grads[:, :d].reshape(STEPS, *shape)


def record(library, version, optimizers, run):
    """Write LIBRARY.npz beside this file:

    version                    of the library
    start/SHAPE, grads/SHAPE   where each run starts, and the gradients it is given
    NAME/SHAPE                 the path, (61, *shape), of the optimizer NAME
    """
    rng = np.random.default_rng(0)
    recorded = {"version": np.array(version)}
    for label, shape in SHAPES.items():
        start, grads = case(shape, rng)
        recorded[f"start/{label}"], recorded[f"grads/{label}"] = start, grads
        for name, make in optimizers.items():
            path = run(make, start, grads)
            assert path.dtype == np.float64, f"{name} ran in {path.dtype}"
            recorded[f"{name}/{label}"] = path
    np.savez_compressed(Path(__file__).with_name(f"{library}.npz"), **recorded)
