"""The same in Optax: a lax.scan over the steps, vmapped over the learning rates, jitted.

"path" gives back what `descend` gives, all points and values, in the same order, steps first;
"vmap's" the same with the settings first, as vmap does unless told otherwise; "end" the last point
only.
"""

import os

from common import SIZES, START, STEPS, learning_rates, one_thread, report, seconds

one_thread()
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402

jax.config.update("jax_enable_x64", True)


def value(w):
    x, y = w
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def compiled(keep):
    def run(lr, w):
        optimizer = optax.adam(lr)

        def step(carry, _):
            w, state = carry
            updates, state = optimizer.update(jax.grad(value)(w), state)
            w = optax.apply_updates(w, updates)
            return (w, state), (None if keep == "end" else (w, value(w)))

        (w, _), path = jax.lax.scan(step, (w, optimizer.init(w)), length=STEPS)
        return w, path

    return jax.jit(jax.vmap(run, out_axes=(0, 1 if keep == "path" else 0)))


jax.block_until_ready(jax.jit(lambda x: x + 1)(1.0))  # JAX itself starts up outside the clock
for keep in ("path", "vmap's", "end"):
    for size in SIZES:
        lr, starts, run = learning_rates(size), np.tile(START, (size, 1)), compiled(keep)
        first = seconds(lambda run=run, lr=lr, w=starts: jax.block_until_ready(run(lr, w)), 1)
        ends, _ = run(lr, starts)
        steady = seconds(lambda run=run, lr=lr, w=starts: jax.block_until_ready(run(lr, w)))
        ends = np.asarray(ends).ravel().tolist()
        report(size=size, keep=keep, first=first, seconds=steady, ends=ends)
