"""Explorers: pictures with controls. Make one the last expression of a cell to see it."""

from course_lib.explorers.adadelta_knobs import adadelta_knobs
from course_lib.explorers.anatomy import step_anatomy
from course_lib.explorers.burst import gradient_burst
from course_lib.explorers.coordinate_rates import coordinate_lr
from course_lib.explorers.differences import difference_error
from course_lib.explorers.fog import search_in_fog
from course_lib.explorers.gradient_cloud import gradient_cloud
from course_lib.explorers.learning_rate import step_size
from course_lib.explorers.moments import adam_moments
from course_lib.explorers.momentum_map import momentum_map
from course_lib.explorers.race import race

__all__ = [
    "adadelta_knobs",
    "adam_moments",
    "coordinate_lr",
    "difference_error",
    "gradient_burst",
    "gradient_cloud",
    "momentum_map",
    "race",
    "search_in_fog",
    "step_anatomy",
    "step_size",
]
