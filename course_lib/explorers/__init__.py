"""Explorers: pictures with controls. Make one the last expression of a cell to see it."""

from course_lib.explorers.differences import difference_error
from course_lib.explorers.learning_rate import step_size

__all__ = ["difference_error", "step_size"]
