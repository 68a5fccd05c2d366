"""Adam with many learning rates on Rosenbrock: this course's `descend`, one call."""

from common import SIZES, STEPS, learning_rates, one_thread, report, seconds

one_thread()

import numpy as np  # noqa: E402

from course_lib.descent import descend  # noqa: E402
from course_lib.optimizers import Adam  # noqa: E402
from course_lib.problems import rosenbrock  # noqa: E402

for size in SIZES:
    optimizer = Adam(learning_rates(size).reshape(-1, 1))
    starts = np.tile(rosenbrock.start, (size, 1))

    def run(optimizer=optimizer, starts=starts):
        return descend(optimizer, rosenbrock, starts, steps=STEPS)

    report(size=size, seconds=seconds(run), ends=run().points[-1].ravel().tolist())
