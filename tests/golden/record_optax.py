"""Record what Optax does, so that the tests can compare without JAX.

Run in an environment of its own, with optax 0.2.8 and jax 0.10.2, from the root of the repository:

    python tests/golden/record_optax.py

It writes tests/golden/optax.npz (see cases.py).
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from cases import DROP, FACTOR, record

jax.config.update("jax_enable_x64", True)


def ema_momentum(lr):
    return optax.chain(optax.ema(0.9, debias=False), optax.scale_by_learning_rate(lr))


# name: learning rate -> optimizer, and the learning rate, which falls at update 30.
OPTIMIZERS = {
    "gd": (optax.sgd, 0.1),
    "momentum": (lambda lr: optax.sgd(lr, momentum=0.9), 0.1),
    "momentum-average": (ema_momentum, 0.1),
    "nesterov": (lambda lr: optax.sgd(lr, momentum=0.9, nesterov=True), 0.1),
    "adagrad": (lambda lr: optax.adagrad(lr, eps=1e-7), 0.1),
    "adagrad-eps-1e-3": (lambda lr: optax.adagrad(lr, eps=1e-3), 0.1),
    "adadelta": (lambda lr: optax.adadelta(lr, rho=0.95, eps=1e-6), 1.0),
    "adadelta-eps-1e-3": (lambda lr: optax.adadelta(lr, rho=0.9, eps=1e-3), 0.5),
    "rmsprop": (lambda lr: optax.rmsprop(lr, decay=0.9, eps=1e-8), 0.01),
    "rmsprop-eps-1e-3": (lambda lr: optax.rmsprop(lr, decay=0.99, eps=1e-3), 0.01),
    "adam": (lambda lr: optax.adam(lr, 0.9, 0.999, eps=1e-8), 0.1),
    "adam-eps-1e-3": (lambda lr: optax.adam(lr, 0.5, 0.9, eps=1e-3), 0.1),
    "adam-eps-inside": (lambda lr: optax.adam(lr, 0.9, 0.999, eps=0, eps_root=1e-3), 0.1),
    "amsgrad": (lambda lr: optax.amsgrad(lr, 0.9, 0.999, eps=1e-8), 0.1),
    "amsgrad-eps-1e-3": (lambda lr: optax.amsgrad(lr, 0.5, 0.9, eps=1e-3), 0.1),
    "amsgrad-paper": (
        lambda lr: optax.amsgrad(
            lr, 0.9, 0.999, eps=1e-3, bias_correction_mu=False, bias_correction_nu=False
        ),
        0.1,
    ),
    "nadam": (lambda lr: optax.nadam(lr, 0.9, 0.999, eps=1e-8), 0.1),
    "nadam-eps-1e-3": (lambda lr: optax.nadam(lr, 0.5, 0.9, eps=1e-3), 0.1),
}


def run(row, start, grads):
    make, lr = row
    optimizer = make(lambda count: jnp.where(count < DROP, lr, lr * FACTOR))
    w = jnp.asarray(start)
    state = optimizer.init(w)
    path = [start]
    for g in grads:
        updates, state = optimizer.update(jnp.asarray(g), state, w)
        w = optax.apply_updates(w, updates)
        path.append(np.array(w))
    return np.stack(path)


if __name__ == "__main__":
    record("optax", optax.__version__, OPTIMIZERS, run)
