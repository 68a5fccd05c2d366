"""Explorers: pictures with controls. Make one the last expression of a cell to see it."""

from course_lib.explorers.adadelta_knobs import adadelta_knobs
from course_lib.explorers.anatomy import step_anatomy
from course_lib.explorers.ball import penalty_ball
from course_lib.explorers.burst import gradient_burst
from course_lib.explorers.coordinate_rates import coordinate_lr
from course_lib.explorers.depth_signals import depth_signals
from course_lib.explorers.differences import difference_error
from course_lib.explorers.fog import search_in_fog
from course_lib.explorers.gradient_cloud import gradient_cloud
from course_lib.explorers.learning_rate import step_size
from course_lib.explorers.moments import adam_moments
from course_lib.explorers.momentum_map import momentum_map
from course_lib.explorers.quadratic_model import quadratic_model
from course_lib.explorers.race import race
from course_lib.explorers.schedule_curve import schedule_curve
from course_lib.explorers.seed_luck import seed_luck
from course_lib.explorers.spectrum import singular_values
from course_lib.explorers.starts import choose_start
from course_lib.explorers.wells import two_well_particles

__all__ = [
    "adadelta_knobs",
    "adam_moments",
    "choose_start",
    "coordinate_lr",
    "depth_signals",
    "difference_error",
    "gradient_burst",
    "gradient_cloud",
    "momentum_map",
    "penalty_ball",
    "quadratic_model",
    "race",
    "schedule_curve",
    "search_in_fog",
    "seed_luck",
    "singular_values",
    "step_anatomy",
    "step_size",
    "two_well_particles",
]
