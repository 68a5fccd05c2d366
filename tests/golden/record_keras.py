"""Record what Keras does, so that the tests can compare without Keras.

Run in an environment of its own, with keras 3.15.1 and jax 0.10.2, from the root of the repository:

    python tests/golden/record_keras.py

It writes tests/golden/keras.npz (see cases.py).
"""

import os

os.environ |= {"KERAS_BACKEND": "jax", "JAX_ENABLE_X64": "1"}  # read once, at import

import keras
import numpy as np
from cases import DROP, FACTOR, record
from keras.optimizers import SGD, Adadelta, Adagrad, Adam, Nadam, RMSprop

keras.config.set_floatx("float64")

# name: () -> optimizer. beta_1 and beta_2 are 0.9 and 0.999 where not given.
OPTIMIZERS = {
    "gd": lambda: SGD(0.1),
    "momentum": lambda: SGD(0.1, momentum=0.9),
    "nesterov": lambda: SGD(0.1, momentum=0.9, nesterov=True),
    "adagrad": lambda: Adagrad(0.1, epsilon=1e-7),
    "adagrad-eps-1e-3": lambda: Adagrad(0.1, epsilon=1e-3),
    "adadelta": lambda: Adadelta(1.0, rho=0.95, epsilon=1e-6),
    "adadelta-eps-1e-3": lambda: Adadelta(0.5, rho=0.9, epsilon=1e-3),
    "rmsprop": lambda: RMSprop(0.01, rho=0.9, epsilon=1e-8),
    "rmsprop-eps-1e-3": lambda: RMSprop(0.01, rho=0.99, epsilon=1e-3),
    "adam": lambda: Adam(0.1, epsilon=1e-8),
    "adam-eps-1e-3": lambda: Adam(0.1, beta_1=0.5, beta_2=0.9, epsilon=1e-3),
    "amsgrad": lambda: Adam(0.1, epsilon=1e-8, amsgrad=True),
    "amsgrad-eps-1e-3": lambda: Adam(0.1, beta_1=0.5, beta_2=0.9, epsilon=1e-3, amsgrad=True),
    "nadam": lambda: Nadam(0.1, epsilon=1e-8),
    "nadam-eps-1e-3": lambda: Nadam(0.1, beta_1=0.5, beta_2=0.9, epsilon=1e-3),
}


def run(make, start, grads):
    optimizer = make()
    lr = float(optimizer.learning_rate)
    w = keras.Variable(start, dtype="float64")
    path = [start]
    for t, g in enumerate(grads):
        optimizer.learning_rate = lr if t < DROP else lr * FACTOR
        optimizer.apply([keras.ops.convert_to_tensor(g)], [w])
        path.append(np.asarray(w.value).copy())
    return np.stack(path)


if __name__ == "__main__":
    record("keras", keras.__version__, OPTIMIZERS, run)
